/**
 * What happens to each property of a resource. A property without a rule is refused by name: a table that
 * silently lacks half of its template would be a lie.
 */
import { isList, isObject, objectOf, type PlainObject } from "../plain-data.ts";
import { resolve, type TemplateContext } from "./intrinsics.ts";

export type PropertyRule =
  /** Becomes a member of CreateTable's input, under another name where one is given. */
  | TakeRule
  /** Becomes a member of what is read beside CreateTable's input. */
  | { readonly kind: "aside" }
  /** Has no effect on a server of one's own; the log says so. */
  | { readonly kind: "ignore" };

export interface TakeRule {
  readonly kind: "take";
  readonly as?: string;
  readonly convert?: (value: unknown) => unknown;
  /** Of the object, or of each object in the list; others are refused. Absent: the API's own shape decides. */
  readonly members?: ReadonlySet<string>;
}

export type PropertyRules = ReadonlyMap<string, PropertyRule>;

export interface ReadProperties {
  readonly kind: "properties";
  readonly taken: PlainObject;
  readonly aside: PlainObject;
  readonly ignored: readonly string[];
}

export interface RefusedProperty {
  readonly kind: "refused";
  /** Ends with the reason. */
  readonly message: string;
}

export const take: PropertyRule = { kind: "take" };
export const aside: PropertyRule = { kind: "aside" };
export const ignore: PropertyRule = { kind: "ignore" };

export function readProperties(
  properties: PlainObject,
  rules: PropertyRules,
  context: TemplateContext,
): ReadProperties | RefusedProperty {
  const taken: (readonly [string, unknown])[] = [];
  const besides: (readonly [string, unknown])[] = [];
  const ignored: string[] = [];
  for (const [name, given] of Object.entries(properties)) {
    const rule = rules.get(name);
    if (rule === undefined) return { kind: "refused", message: `${name} is not supported` };
    if (rule.kind === "ignore") {
      ignored.push(name);
      continue;
    }
    const resolved = resolve(given, context);
    if (resolved.kind === "unresolved") return { kind: "refused", message: `${name}: ${resolved.reason}` };
    if (resolved.kind === "nothing") continue;
    if (rule.kind === "aside") {
      besides.push([name, resolved.value]);
      continue;
    }
    const value = rule.convert === undefined ? resolved.value : rule.convert(resolved.value);
    const stranger = rule.members === undefined ? undefined : strangeMember(value, rule.members);
    if (stranger !== undefined) return { kind: "refused", message: `${name}${stranger} is not supported` };
    taken.push([rule.as ?? name, value]);
  }
  return { kind: "properties", taken: objectOf(taken), aside: objectOf(besides), ignored };
}

/** `.Name` or `[2].Name` of the first member that is not among those known. */
function strangeMember(value: unknown, known: ReadonlySet<string>): string | undefined {
  if (isObject(value)) {
    const stranger = Object.keys(value).find((name) => !known.has(name));
    return stranger === undefined ? undefined : `.${stranger}`;
  }
  if (!isList(value)) return undefined;
  for (const [index, element] of value.entries()) {
    const stranger = isObject(element) ? strangeMember(element, known) : undefined;
    if (stranger !== undefined) return `[${index}]${stranger}`;
  }
  return undefined;
}

/** Members of the API that are numbers; templates often write them as text. */
const numberMembers: ReadonlySet<string> = new Set([
  "ReadCapacityUnits",
  "WriteCapacityUnits",
  "MaxReadRequestUnits",
  "MaxWriteRequestUnits",
  "ReadUnitsPerSecond",
  "WriteUnitsPerSecond",
]);

export function withNumbers(value: unknown): unknown {
  if (isList(value)) return value.map(withNumbers);
  if (!isObject(value)) return value;
  return objectOf(
    Object.entries(value).map(([name, inner]) => {
      const isNumberText = typeof inner === "string" && numberMembers.has(name) && /^\d{1,15}$/.test(inner);
      return [name, isNumberText ? Number(inner) : withNumbers(inner)] as const;
    }),
  );
}

/** Templates may write true and false as text. */
export function toBoolean(value: unknown): unknown {
  if (value === "true") return true;
  return value === "false" ? false : value;
}
