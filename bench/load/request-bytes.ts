/**
 * Requests as bytes, shaped like those of the AWS SDK for JavaScript. A template is laid out once for each
 * connection; before each sending only digits are written into it, so that the driver costs little CPU.
 */
import { groupMark, keyMark, keysPerGroup, type LoadJob, sameKeyMark, uniqueMark } from "./job.ts";
import { createSigner, signedHeaders } from "./signer.ts";

export interface RequestBytes {
  readonly bytes: Buffer;
  /** Puts the next key numbers and a new unique text in, and signs when the job says so. */
  renew(nextKey: () => number, unique: number): void;
}

/** What of a job decides the bytes of its requests. */
export type RequestShape = Pick<LoadJob, "host" | "port" | "operation" | "template" | "signWith" | "seed">;

const signatureMark = "0".repeat(64);

export function requestBytes(job: RequestShape): RequestBytes {
  const host = `${job.host}:${job.port}`;
  const signer =
    job.signWith === undefined
      ? undefined
      : createSigner({ host, operation: job.operation, ...job.signWith });
  const amzDate = signer?.amzDate ?? "20260101T000000Z";
  const credential = signer?.credential ?? "bench/20260101/us-east-1/dynamodb/aws4_request";
  const head = [
    "POST / HTTP/1.1",
    `host: ${host}`,
    "x-amz-user-agent: aws-sdk-js/3.1162.0",
    "user-agent: aws-sdk-js/3.1162.0 ua/2.1 os/linux#6.18 lang/js md/nodejs#24.21.0 api/dynamodb#3.1162.0",
    "content-type: application/x-amz-json-1.0",
    `x-amz-target: DynamoDB_20120810.${job.operation}`,
    `content-length: ${Buffer.byteLength(job.template)}`,
    "amz-sdk-invocation-id: 5f2f3f6c-7c1a-4b7d-9a53-0f6a5b0c9e11",
    "amz-sdk-request: attempt=1; max=4",
    `x-amz-date: ${amzDate}`,
    `authorization: AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signatureMark}`,
    "connection: keep-alive",
    "",
    "",
  ].join("\r\n");
  const bytes = Buffer.from(head + job.template, "utf8");
  const bodyStart = Buffer.byteLength(head);
  const signatureAt = head.indexOf(signatureMark);
  const numberAt = numberPlaces(bytes);
  const uniqueAt = placesOf(bytes, uniqueMark);
  // Two jobs on the same data must not write the same texts.
  const prefix = (job.seed % 46_656).toString(36).padStart(3, "0");
  return {
    bytes,
    renew(nextKey, unique) {
      let key = 0;
      for (const { place, numberOf } of numberAt) {
        if (numberOf === undefined) key = nextKey();
        writeDigits(bytes, place, numberOf?.(key) ?? key);
      }
      if (uniqueAt.length > 0) {
        const text = prefix + unique.toString(36).padStart(uniqueMark.length - prefix.length, "0");
        for (const place of uniqueAt) bytes.write(text, place, "latin1");
      }
      if (signer !== undefined) bytes.write(signer.sign(bytes.subarray(bodyStart)), signatureAt, "latin1");
    },
  };
}

interface NumberPlace {
  readonly place: number;
  /** What is put there, of the last key number; absent: a new key number. */
  readonly numberOf?: (key: number) => number;
}

function numberPlaces(bytes: Buffer): readonly NumberPlace[] {
  const places: readonly NumberPlace[] = [
    ...placesOf(bytes, keyMark).map((place) => ({ place })),
    ...placesOf(bytes, sameKeyMark).map((place) => ({ place, numberOf: (key: number) => key })),
    ...placesOf(bytes, groupMark).map((place) => ({ place, numberOf: groupOf })),
  ];
  return places.toSorted((left, right) => left.place - right.place);
}

function groupOf(key: number): number {
  return Math.floor(key / keysPerGroup);
}

const zero = 48;

function writeDigits(bytes: Buffer, place: number, value: number): void {
  let rest = value;
  for (let at = place + keyMark.length - 1; at >= place; at--) {
    bytes[at] = zero + (rest % 10);
    rest = Math.trunc(rest / 10);
  }
}

function placesOf(bytes: Buffer, mark: string): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length)) places.push(at);
  return places;
}
