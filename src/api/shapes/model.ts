/**
 * The vocabulary in which the API's shapes are written down: plain data, built by small constructors so that
 * the tables beside this file read like the API reference. Nothing here knows about texts or about order.
 */
import type { ApiErrorName } from "../errors.ts";
import type { PatternName } from "./patterns.ts";

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Length in UTF-16 units, as the service counts them. */
export interface StringShape extends Bounds {
  readonly kind: "string";
  readonly pattern?: PatternName;
}

export interface EnumShape {
  readonly kind: "enum";
  readonly name: string;
  /** In the order of the API model. */
  readonly values: readonly string[];
}

/** A place where a table's name or its ARN may stand; it has rules of its own. */
export interface TableReferenceShape {
  readonly kind: "tableReference";
}

export interface NumberShape extends Bounds {
  readonly kind: "integer" | "long" | "double" | "timestamp";
}

/** Binary values occur in attribute values only, so that they need no kind of their own. */
export interface PlainShape {
  readonly kind: "boolean" | "attributeValue";
}

export interface ListShape extends Bounds {
  readonly kind: "list";
  readonly element: Shape;
}

export interface MapShape extends Bounds {
  readonly kind: "map";
  readonly key: StringShape | TableReferenceShape;
  readonly value: Shape;
}

/** By name, so that tables of structures can refer to each other in any order. */
export interface StructureReference {
  readonly kind: "structure";
  readonly name: string;
}

export type Shape =
  | StringShape
  | EnumShape
  | TableReferenceShape
  | NumberShape
  | PlainShape
  | ListShape
  | MapShape
  | StructureReference;

export interface RequiredShape {
  readonly kind: "required";
  readonly shape: Shape;
}

/** In the order of the API model. */
export type Members = Readonly<Record<string, Shape | RequiredShape>>;

export type Structures = Readonly<Record<string, Members>>;

export interface OperationShape {
  readonly input: Members;
  /** Absent: the answer has an empty body. */
  readonly output?: Members;
  /** Errors the API model lists; every operation can also answer the ones of the layers before it. */
  readonly errors: readonly ApiErrorName[];
}

export type Operations = Readonly<Record<string, OperationShape>>;

export function required(shape: Shape): RequiredShape {
  return { kind: "required", shape };
}

export function string(min?: number, max?: number, pattern?: PatternName): StringShape {
  return { kind: "string", ...bounds(min, max), ...(pattern === undefined ? {} : { pattern }) };
}

/** Bounded by a pattern only. */
export function patterned(pattern: PatternName): StringShape {
  return { kind: "string", pattern };
}

export function enumeration(name: string, values: readonly string[]): EnumShape {
  return { kind: "enum", name, values };
}

export function integer(min?: number, max?: number): NumberShape {
  return { kind: "integer", ...bounds(min, max) };
}

export function long(min?: number, max?: number): NumberShape {
  return { kind: "long", ...bounds(min, max) };
}

export function list(element: Shape, min?: number, max?: number): ListShape {
  return { kind: "list", element, ...bounds(min, max) };
}

export function map(key: StringShape | TableReferenceShape, value: Shape, limits: Bounds = {}): MapShape {
  return { kind: "map", key, value, ...limits };
}

export function structure(name: string): StructureReference {
  return { kind: "structure", name };
}

function bounds(min: number | undefined, max: number | undefined): Bounds {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
