/** Answers as bytes on the wire. */
import { STATUS_CODES } from "node:http";
import type { WireResponse } from "../../wire/index.ts";

/** Status line and headers. An answer without a length goes out in chunks, of which it has none. */
export function headText({ status, headers }: WireResponse, closes: boolean): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  if (closes && headers["Connection"] === undefined) text += "Connection: close\r\n";
  if (headers["Content-Length"] === undefined) text += "Transfer-Encoding: chunked\r\n";
  return `${text}\r\n`;
}

/** The end of an answer in chunks. */
export const lastChunk = "0\r\n\r\n";

/** The whole answer to what is no HTTP, or too slow, or too large to be read. */
export function faultText(status: 400 | 408 | 431): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

export const continueText = "HTTP/1.1 100 Continue\r\n\r\n";
