/**
 * Binding of JSON to shapes, compiled to closures: types are checked, unknown members and nulls are dropped.
 * Values whose JSON form is their input form (strings, attribute values and collections of them) are passed
 * through without a copy.
 */
import { assert } from "../../base/index.ts";
import type { ListShape, MapShape, Members, Shape } from "../shapes/model.ts";
import { structureMembers } from "../shapes/registry.ts";
import { attributeMapProblem, attributeValueProblem } from "./attribute-value-types.ts";
import {
  type Binding,
  type BindingProblem,
  bindingProblem,
  bindingTexts,
  unrecognizedCollection,
} from "./binding.ts";
import { javaTypeText, structurePackage } from "./java-types.ts";
import { booleanOf, doubleOf, integerOf, longOf, notAString, timestampOf } from "./scalars.ts";

/**
 * Returns the input value, or sets `binding.problem` and returns anything. Never called with null.
 */
type Reader = (json: unknown, binding: Binding) => unknown;

/** Whether the shape stands in a structure or inside a list or map; some texts differ. */
type Place = "member" | "element";

interface CompiledReader {
  readonly read: Reader;
  /** The result is the JSON value itself. */
  readonly passesThrough: boolean;
}

function compileReader(shape: Shape, place: Place): CompiledReader {
  switch (shape.kind) {
    case "string":
    case "enum":
    case "tableReference":
      return { read: readString, passesThrough: true };
    case "integer":
      return { read: converted(integerOf), passesThrough: false };
    case "long":
      return { read: converted(longOf), passesThrough: false };
    case "double":
      return { read: converted(doubleOf), passesThrough: false };
    case "timestamp":
      return { read: converted(timestampOf), passesThrough: false };
    case "boolean":
      return { read: converted(booleanOf), passesThrough: false };
    case "attributeValue":
      return { read: attributeValueReader(place), passesThrough: true };
    case "list":
      return listReader(shape, place);
    case "map":
      return mapReader(shape, place);
    case "structure":
      return { read: structureReader(shape.name, place), passesThrough: false };
  }
}

function readString(json: unknown, binding: Binding): unknown {
  if (typeof json !== "string") binding.problem = notAString(json);
  return json;
}

function converted(convert: (json: unknown) => number | boolean | BindingProblem): Reader {
  return (json, binding) => {
    const value = convert(json);
    if (typeof value === "object") binding.problem = value;
    return value;
  };
}

function attributeValueReader(place: Place): Reader {
  const scalarText = place === "member" ? bindingTexts.memberType : bindingTexts.elementType;
  return (json, binding) => {
    binding.problem = attributeValueProblem(json, scalarText);
    return json;
  };
}

function listReader(shape: ListShape, place: Place): CompiledReader {
  const element = compileReader(shape.element, "element");
  const mismatch = (json: unknown): BindingProblem =>
    bindingProblem(typeof json === "object" ? bindingTexts.structureStart : collectionScalarText(place));
  const read: Reader = (json, binding) => {
    if (!Array.isArray(json)) {
      binding.problem = mismatch(json);
      return undefined;
    }
    const elements = json as readonly unknown[];
    const values: unknown[] = [];
    for (const item of elements) {
      // A null stays; the constraints name it with its position.
      const value = item === null ? null : element.read(item, binding);
      if (binding.problem !== undefined) return undefined;
      if (!element.passesThrough) values.push(value);
    }
    return element.passesThrough ? json : values;
  };
  return { read, passesThrough: element.passesThrough };
}

function mapReader(shape: MapShape, place: Place): CompiledReader {
  const listMismatch = bindingProblem(unrecognizedCollection(javaTypeText(shape)));
  const scalarMismatch = bindingProblem(collectionScalarText(place));
  const value = compileReader(shape.value, "element");
  const entries = shape.value.kind === "attributeValue" ? readAttributeMap : mapEntriesReader(value);
  const read: Reader = (json, binding) => {
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return entries(json, binding);
    binding.problem = Array.isArray(json) ? listMismatch : scalarMismatch;
    return undefined;
  };
  return { read, passesThrough: value.passesThrough };
}

function collectionScalarText(place: Place): string {
  return place === "member" ? bindingTexts.memberType : bindingTexts.nestedCollection;
}

type EntriesReader = (json: object, binding: Binding) => unknown;

function readAttributeMap(json: object, binding: Binding): unknown {
  binding.problem = attributeMapProblem(json as Readonly<Record<string, unknown>>);
  return json;
}

function mapEntriesReader(value: CompiledReader): EntriesReader {
  return (json, binding) => {
    const copies: [string, unknown][] = [];
    for (const [key, item] of Object.entries(json)) {
      // A null stays, as in lists.
      const read = item === null ? null : value.read(item, binding);
      if (binding.problem !== undefined) return undefined;
      if (!value.passesThrough) copies.push([key, read]);
    }
    // fromEntries defines properties, so that a key such as __proto__ is an entry like any other.
    return value.passesThrough ? json : Object.fromEntries(copies);
  };
}

function structureReader(name: string, place: Place): Reader {
  const members = structureMembers(name);
  assert(members !== undefined, `shape ${name} is defined`);
  const read = membersReader(members);
  const listMismatch = bindingProblem(unrecognizedCollection(`class ${structurePackage}${name}`));
  const scalarMismatch = bindingProblem(
    place === "member" ? bindingTexts.memberType : bindingTexts.elementType,
  );
  return (json, binding) => {
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return read(json, binding);
    binding.problem = Array.isArray(json) ? listMismatch : scalarMismatch;
    return undefined;
  };
}

/** Known members in the order of the JSON text, which is the order in which the service binds them. */
export function membersReader(members: Members): EntriesReader {
  const readers = new Map<string, Reader>();
  for (const [name, member] of Object.entries(members)) {
    const shape = member.kind === "required" ? member.shape : member;
    readers.set(name, compileReader(shape, "member").read);
  }
  return (json, binding) => {
    const values = json as Readonly<Record<string, unknown>>;
    const input: Record<string, unknown> = {};
    for (const name of Object.keys(json)) {
      const read = readers.get(name);
      const value = values[name];
      if (read === undefined || value === null) continue;
      input[name] = read(value, binding);
      if (binding.problem !== undefined) return undefined;
    }
    return input;
  };
}
