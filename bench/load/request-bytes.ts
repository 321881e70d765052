/**
 * Requests as bytes, shaped like those of the AWS SDK for JavaScript. A template is laid out once for each
 * connection; before each sending only digits are written into it, so that the driver costs little CPU.
 */
import { createHash, createHmac, hash } from "node:crypto";
import { keyMark, type LoadJob, uniqueMark } from "./job.ts";

export interface RequestBytes {
  readonly bytes: Buffer;
  /** Puts the next key numbers and a new unique text in, and signs when the job says so. */
  renew(nextKey: () => number, unique: number): void;
}

const signatureMark = "0".repeat(64);

export function requestBytes(job: LoadJob): RequestBytes {
  const signer = job.signWith === undefined ? undefined : createSigner(job, job.signWith);
  const amzDate = signer?.amzDate ?? "20260101T000000Z";
  const credential = signer?.credential ?? "bench/20260101/us-east-1/dynamodb/aws4_request";
  const head = [
    "POST / HTTP/1.1",
    `host: ${job.host}:${job.port}`,
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
  const keyAt = placesOf(bytes, keyMark);
  const uniqueAt = placesOf(bytes, uniqueMark);
  // Two jobs on the same data must not write the same texts.
  const prefix = (job.seed % 46_656).toString(36).padStart(3, "0");
  return {
    bytes,
    renew(nextKey, unique) {
      for (const place of keyAt) writeDigits(bytes, place, nextKey());
      if (uniqueAt.length > 0) {
        const text = prefix + unique.toString(36).padStart(uniqueMark.length - prefix.length, "0");
        for (const place of uniqueAt) bytes.write(text, place, "latin1");
      }
      if (signer !== undefined) bytes.write(signer.sign(bytes.subarray(bodyStart)), signatureAt, "latin1");
    },
  };
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

const signedHeaders = "content-type;host;x-amz-date;x-amz-target";

interface Signer {
  readonly amzDate: string;
  readonly credential: string;
  sign(body: Uint8Array): string;
}

/** Signature Version 4 with everything that stays the same between requests done beforehand. */
function createSigner(job: LoadJob, keys: NonNullable<LoadJob["signWith"]>): Signer {
  const amzDate = `${new Date().toISOString().replaceAll(/[-:]/gu, "").slice(0, 15)}Z`;
  const day = amzDate.slice(0, 8);
  const scope = `${day}/us-east-1/dynamodb/aws4_request`;
  const dayKey = createHmac("sha256", `AWS4${keys.secretAccessKey}`).update(day).digest();
  const regionKey = createHmac("sha256", dayKey).update("us-east-1").digest();
  const serviceKey = createHmac("sha256", regionKey).update("dynamodb").digest();
  const signingKey = createHmac("sha256", serviceKey).update("aws4_request").digest();
  const canonicalHead = [
    "POST",
    "/",
    "",
    "content-type:application/x-amz-json-1.0",
    `host:${job.host}:${job.port}`,
    `x-amz-date:${amzDate}`,
    `x-amz-target:DynamoDB_20120810.${job.operation}`,
    "",
    signedHeaders,
    "",
  ].join("\n");
  const textHead = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n`;
  return {
    amzDate,
    credential: `${keys.accessKeyId}/${scope}`,
    sign(body) {
      const canonical = canonicalHead + hash("sha256", body);
      const text = textHead + createHash("sha256").update(canonical).digest("hex");
      return createHmac("sha256", signingKey).update(text).digest("hex");
    },
  };
}
