/** Signature Version 4 for DynamoDB, with everything that stays the same between requests done beforehand. */
import { createHmac, hash } from "node:crypto";

export interface SignerOptions {
  /** As in the host header: name and port. */
  readonly host: string;
  readonly operation: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Signer {
  readonly amzDate: string;
  /** Key id and scope, as in the authorization header. */
  readonly credential: string;
  /** 64 hexadecimal characters. */
  sign(body: Uint8Array): string;
}

export const signedHeaders = "content-type;host;x-amz-date;x-amz-target";

/** The keys of every server that the benchmarks start with verified signatures. */
export const benchKeys = { accessKeyId: "bench", secretAccessKey: "bench-secret" } as const;

/** Good for some minutes: the date is fixed here. */
export function createSigner(options: SignerOptions): Signer {
  const amzDate = `${new Date().toISOString().replaceAll(/[-:]/gu, "").slice(0, 15)}Z`;
  const day = amzDate.slice(0, 8);
  const scope = `${day}/us-east-1/dynamodb/aws4_request`;
  const dayKey = createHmac("sha256", `AWS4${options.secretAccessKey}`).update(day).digest();
  const regionKey = createHmac("sha256", dayKey).update("us-east-1").digest();
  const serviceKey = createHmac("sha256", regionKey).update("dynamodb").digest();
  const signingKey = createHmac("sha256", serviceKey).update("aws4_request").digest();
  const canonicalHead = [
    "POST",
    "/",
    "",
    "content-type:application/x-amz-json-1.0",
    `host:${options.host}`,
    `x-amz-date:${amzDate}`,
    `x-amz-target:DynamoDB_20120810.${options.operation}`,
    "",
    signedHeaders,
    "",
  ].join("\n");
  const textHead = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n`;
  return {
    amzDate,
    credential: `${options.accessKeyId}/${scope}`,
    sign: (body) =>
      createHmac("sha256", signingKey)
        .update(textHead + hash("sha256", canonicalHead + hash("sha256", body)))
        .digest("hex"),
  };
}
