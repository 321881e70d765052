/** Reading of parsed JSON and YAML: narrow `unknown` without trusting it. */

export type PlainObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Own members only: names come from files. */
export function member(object: PlainObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** An object of these entries, in order; a name like `__proto__` is an ordinary one. */
export function objectOf(entries: Iterable<readonly [string, unknown]>): PlainObject {
  return Object.fromEntries(entries);
}
