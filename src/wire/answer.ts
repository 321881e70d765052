/** Finished answers: status, headers, body, checksum. Everything the wire says goes through here. */
import { crc32 } from "../base/index.ts";
import type { WireResponse } from "./types.ts";

export interface AnswerContent {
  readonly status: number;
  readonly requestId: string;
  readonly date: string;
  /** Exactly the bytes to send. */
  readonly body: Uint8Array;
  /** CRC-32 of the body where somebody has taken it already. */
  readonly checksum?: number | undefined;
  /** Absent: no such header. */
  readonly contentType?: string | undefined;
  readonly more?: Readonly<Record<string, string>> | undefined;
}

/** The XML answer to what is no DynamoDB request at all. */
export const unknownOperationXml: Uint8Array = Buffer.from("<UnknownOperationException/>\n");

export const noBody: Uint8Array = new Uint8Array(0);

export function answer(content: AnswerContent): WireResponse {
  const { status, requestId, date, body, contentType, more } = content;
  const headers: Record<string, string> = {
    Server: "Server",
    Date: date,
    "Content-Length": `${body.length}`,
    "x-amzn-RequestId": requestId,
    "x-amz-crc32": `${content.checksum ?? crc32(body)}`,
  };
  if (contentType !== undefined) headers["Content-Type"] = contentType;
  if (more !== undefined) Object.assign(headers, more);
  return { status, headers, body };
}

/** A body over the limit: nothing inside, sent in chunks (no Content-Length). */
export function tooLargeAnswer(requestId: string, date: string): WireResponse {
  const headers = { Server: "Server", Date: date, "x-amzn-RequestId": requestId, Connection: "close" };
  return { status: 413, headers, body: noBody };
}
