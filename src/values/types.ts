/**
 * AttributeValue inside the house: one discriminated union for DynamoDB's ten types. Numbers are kept as
 * their normalized decimal text and binaries as their (checked, canonical) base64 text, so that what is
 * stored and what is sent are the same characters; arithmetic and byte order decode on demand.
 */

/** Types a key attribute may have. */
export type ScalarType = "S" | "N" | "B";

/** The ten attribute types, spelled as on the wire. */
export type AttributeType = ScalarType | "SS" | "NS" | "BS" | "BOOL" | "NULL" | "L" | "M";

/** S: text (lone surrogates allowed), N: normalized decimal text, B: canonical padded base64 text. */
export interface ScalarValue {
  readonly type: ScalarType;
  readonly value: string;
}

/** Members are unique; NS members are normalized, BS members canonical base64; order as received. */
export interface SetValue {
  readonly type: "SS" | "NS" | "BS";
  readonly value: readonly string[];
}

export interface BooleanValue {
  readonly type: "BOOL";
  readonly value: boolean;
}

export interface NullValue {
  readonly type: "NULL";
  readonly value: true;
}

export interface ListValue {
  readonly type: "L";
  readonly value: readonly AttributeValue[];
}

/** A Map, never an object: `__proto__` and `constructor` are ordinary attribute names. */
export interface MapValue {
  readonly type: "M";
  readonly value: ReadonlyMap<string, AttributeValue>;
}

export type AttributeValue = ScalarValue | SetValue | BooleanValue | NullValue | ListValue | MapValue;

/** Attribute name to value, in the order received. */
export type Item = ReadonlyMap<string, AttributeValue>;
