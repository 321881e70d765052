/** Simple types that several structures share, named after their shapes in the API model. */
import {
  integer,
  list,
  type ListShape,
  long,
  map,
  type MapShape,
  type NumberShape,
  patterned,
  type PlainShape,
  string,
  type StringShape,
  structure,
  type TableReferenceShape,
} from "./model.ts";

export const anyString: StringShape = string();
export const tableName: StringShape = string(3, 255, "resourceName");
export const indexName: StringShape = string(3, 255, "resourceName");
export const backupName: StringShape = string(3, 255, "resourceName");
export const tableId: StringShape = patterned("tableId");
/** Backups, exports, imports and streams. */
export const longArn: StringShape = string(37, 1024);
/** Tags and resource policies. */
export const resourceArn: StringShape = string(1, 1283);
export const attributeName: StringShape = string(undefined, 65_535);
export const clientToken: StringShape = patterned("clientToken");
export const s3Bucket: StringShape = string(undefined, 255, "s3Bucket");
export const s3BucketOwner: StringShape = patterned("s3BucketOwner");
export const s3Prefix: StringShape = string(undefined, 1024);
export const partiqlStatement: StringShape = string(1, 8192);
export const shardId: StringShape = string(28, 65);
export const sequenceNumber: StringShape = string(21, 40);
/** Bounded by its own rule of 4 KB, not by the shape. */
export const expression: StringShape = string();

export const anyInteger: NumberShape = integer();
export const positiveInteger: NumberShape = integer(1);
export const anyLong: NumberShape = long();
export const positiveLong: NumberShape = long(1);
export const nonNegativeLong: NumberShape = long(0);
export const double: NumberShape = { kind: "double" };
/** Seconds since 1970 with an optional fraction. */
export const timestamp: NumberShape = { kind: "timestamp" };

export const boolean: PlainShape = { kind: "boolean" };
export const attributeValue: PlainShape = { kind: "attributeValue" };
export const tableReference: TableReferenceShape = { kind: "tableReference" };

/** An item or a key. */
export const attributeMap: MapShape = map(attributeName, attributeValue);
export const attributeNames: ListShape = list(attributeName, 1);
/** Placeholder to attribute name. */
export const expressionNames: MapShape = map(anyString, attributeName);
/** Placeholder to value. */
export const expressionValues: MapShape = map(anyString, attributeValue);
export const keySchema: ListShape = list(structure("KeySchemaElement"), 1);
