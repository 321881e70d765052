/** Door of `values`: attribute values, their numbers, order, size, key bytes, JSON and stored form. */

export { base64Bytes, base64SizeBytes } from "./base64.ts";
export { compareScalars, isScalar, valuesEqual } from "./compare.ts";
export { addDecimals, subtractDecimals } from "./decimal-arithmetic.ts";
export { type DecimalResult } from "./decimal.ts";
export type { ValueIssue, ValueIssueCode } from "./issues.ts";
export { decodeItem } from "./decode.ts";
export { encodeItem, writeItemJson } from "./json.ts";
export { encodeKeyValue } from "./key-bytes.ts";
export { nestingLevels } from "./nesting.ts";
export { parseAttributeValue, type ParsedItem, type ParsedValue, parseItem } from "./parse.ts";
export {
  encodeRecord,
  recordAttachment,
  type RecordFields,
  type RecordHeader,
  recordHeader,
  recordIntact,
  recordJson,
} from "./record.ts";
export { itemSizeBytes } from "./size.ts";
export { compareStrings, stringBytes, stringSizeBytes } from "./text.ts";
export type {
  AttributeType,
  AttributeValue,
  BooleanValue,
  Item,
  ListValue,
  MapValue,
  NullValue,
  ScalarType,
  ScalarValue,
  SetValue,
} from "./types.ts";
