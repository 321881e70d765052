/** Door of `partitions`: where items live, by the hash of their partition key. */
export { bucketOf, hashPartitionKey, initialBucketCount } from "./hash.ts";
export { hashOfKey, itemKey, type PlacedTable } from "./item-key.ts";
export { inSlice, segmentSlice, sliceRanges, type BucketRange, type HashSlice } from "./segments.ts";
