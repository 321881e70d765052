/** How long keys may be, with DynamoDB's texts; keys of several attributes are measured together (unconfirmed). */
import { invalidParameters } from "../api/index.ts";
import { limits } from "../base/index.ts";
import { encodeKeyValue, type ScalarValue } from "../values/index.ts";

export function refuseLongPartitionKey(values: readonly ScalarValue[]): void {
  if (isWithin(values, limits.partitionKeyBytesMax)) return;
  // The missing blank is DynamoDB's.
  throw invalidParameters(`Size of hashkey has exceeded the maximum size limit of2048 bytes`);
}

export function refuseLongSortKey(values: readonly ScalarValue[]): void {
  if (isWithin(values, limits.sortKeyBytesMax)) return;
  throw invalidParameters(`Aggregated size of all range keys has exceeded the size limit of 1024 bytes`);
}

/** Nearly all keys are so short that their bytes need not be counted. */
function isWithin(values: readonly ScalarValue[], bytesMax: number): boolean {
  let length = 0;
  for (const { value } of values) length += value.length;
  if (length * limits.utf8BytesPerUnitMax <= bytesMax) return true;
  let bytes = 0;
  for (const value of values) bytes += encodeKeyValue(value).length;
  return bytes <= bytesMax;
}
