/** Rules of StreamSpecification and SSESpecification. Neither works yet, but what is wrong gets DynamoDB's answer. */
import { invalidParameters, type SSESpecification, type StreamSpecification } from "../api/index.ts";

const streamTexts = {
  create: {
    enabled: "Table is being created with a stream enabled, UpdateViewType is required",
    disabled: "Table is being created with a stream disabled, UpdateViewType should not be specified",
  },
  update: {
    enabled: "If stream is being enabled then UpdateViewType is required",
    disabled: "If stream is being disabled, then UpdateViewType must not be specified",
  },
} as const;

export function refuseBadStream(
  stream: StreamSpecification | undefined,
  operation: keyof typeof streamTexts,
): void {
  if (stream === undefined) return;
  const { StreamEnabled: enabled, StreamViewType: viewType } = stream;
  if (enabled && viewType === undefined) throw invalidParameters(streamTexts[operation].enabled);
  if (!enabled && viewType !== undefined) throw invalidParameters(streamTexts[operation].disabled);
}

export function refuseBadEncryption(encryption: SSESpecification | undefined): void {
  if (encryption === undefined) return;
  const { Enabled: enabled, SSEType: type, KMSMasterKeyId: keyId } = encryption;
  if (enabled === false) {
    if (type !== undefined) throw invalidParameters("SSEType can not be specified if Enabled is false");
    if (keyId !== undefined)
      throw invalidParameters("KMSMasterKeyId can not be specified if Enabled is false");
  }
  if (type === "AES256") throw invalidParameters("SSEType AES256 is not supported");
  if (keyId !== undefined && type === undefined) {
    throw invalidParameters("SSEType KMS is required if KMSMasterKeyId is specified");
  }
}

/** A key type alone turns encryption with a key on; an empty specification asks for nothing. */
export function asksForKey({ Enabled: enabled, SSEType: type }: SSESpecification): boolean {
  return enabled === true || (enabled === undefined && type === "KMS");
}
