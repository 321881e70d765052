/** The query part of a URL as signatures see it: decoded for reading, encoded again for signing. */

export interface QueryParameter {
  readonly name: string;
  readonly value: string;
}

/** Parameters in the order sent. Broken percent escapes are kept as they are; `+` is a plus sign. */
export function readQuery(url: string): readonly QueryParameter[] {
  const mark = url.indexOf("?");
  if (mark < 0) return [];
  const parameters: QueryParameter[] = [];
  for (const pair of url.slice(mark + 1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? "" : pair.slice(equals + 1);
    parameters.push({ name: decode(name), value: decode(value) });
  }
  return parameters;
}

/** Value of the first parameter of that name; empty counts as absent. */
export function queryValue(parameters: readonly QueryParameter[], name: string): string | undefined {
  const value = parameters.find((parameter) => parameter.name === name)?.value;
  return value === "" ? undefined : value;
}

/** Sorted by encoded name, then value; the signature itself is not part of what is signed. */
export function canonicalQuery(parameters: readonly QueryParameter[]): string {
  const pairs: (readonly [name: string, value: string])[] = [];
  for (const { name, value } of parameters) {
    if (name !== "X-Amz-Signature") pairs.push([encodeUri(name), encodeUri(value)]);
  }
  pairs.sort(
    ([nameA, valueA], [nameB, valueB]) => compareAscii(nameA, nameB) || compareAscii(valueA, valueB),
  );
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** RFC 3986: only unreserved characters stay. Lone surrogates, which have no UTF-8, become U+FFFD. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function compareAscii(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
