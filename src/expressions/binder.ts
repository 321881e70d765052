/** Puts a request's names and values in place of placeholders and remembers which of them were used. */
import type { AttributeValue } from "../values/index.ts";
import type { DocumentPath, PathElement } from "./document-path.ts";
import { operandTexts } from "./issues.ts";
import type { RawElement, RawPath, RawValue } from "./syntax-tree.ts";
import { nullValue } from "./value-kinds.ts";

/** What a request brings to its expressions, checked. */
export interface Placeholders {
  /** Looked up with Object.hasOwn only. */
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: ReadonlyMap<string, AttributeValue> | undefined;
  readonly usedNames: Set<string>;
  readonly usedValues: Set<string>;
}

/**
 * Binds one expression. Like the parser it notes problems and goes on with something in their place: `issue`
 * is the first in order of operands, the other two are the first of their kind.
 */
export interface Binder {
  readonly placeholders: Placeholders;
  issue: string | undefined;
  undefinedName: string | undefined;
  undefinedValue: string | undefined;
}

export type Binding<Plan> =
  | { readonly kind: "bound"; readonly plan: Plan }
  | {
      readonly kind: "unbound";
      /** Without the prefix that names the parameter. */
      readonly message: string;
    };

export function newBinder(placeholders: Placeholders): Binder {
  return { placeholders, issue: undefined, undefinedName: undefined, undefinedValue: undefined };
}

export function bindPath(binder: Binder, { elements }: RawPath): DocumentPath {
  const [first = ""] = elements;
  const name = boundName(binder, String(first));
  if (elements.length === 1) return Object.freeze({ name, inner: noElements });
  const inner = elements.slice(1).map((element) => boundElement(binder, element));
  return Object.freeze({ name, inner: Object.freeze(inner) });
}

const noElements: readonly PathElement[] = Object.freeze([]);

function boundElement(binder: Binder, element: RawElement): PathElement {
  return typeof element === "number" ? element : boundName(binder, element);
}

function boundName(binder: Binder, name: string): string {
  if (name.charCodeAt(0) !== 0x23) return name;
  const { names, usedNames } = binder.placeholders;
  if (names === undefined || !Object.hasOwn(names, name)) {
    binder.undefinedName ??= operandTexts.undefinedName(name);
    binder.issue ??= operandTexts.undefinedName(name);
    return name;
  }
  usedNames.add(name);
  return names[name] ?? name;
}

export function bindValue(binder: Binder, { placeholder }: RawValue): AttributeValue {
  const { values, usedValues } = binder.placeholders;
  const value = values?.get(placeholder);
  if (value === undefined) {
    binder.undefinedValue ??= operandTexts.undefinedValue(placeholder);
    binder.issue ??= operandTexts.undefinedValue(placeholder);
    return nullValue;
  }
  usedValues.add(placeholder);
  return value;
}
