/** Document paths: an attribute of the item and, inside it, map keys and list positions. */
import type { AttributeValue, Item } from "../values/index.ts";

/** Map key or list index. */
export type PathElement = string | number;

export interface DocumentPath {
  /** The attribute of the item. */
  readonly name: string;
  /** Empty for the attribute itself. */
  readonly inner: readonly PathElement[];
}

/** Larger indexes are refused where they are written. */
export const listIndexMax: number = 2 ** 31 - 1;

/** DynamoDB's way to print a path: `[a, b, [1]]`. */
export function printPath(path: DocumentPath): string {
  const inner = path.inner.map((element) => (typeof element === "number" ? `[${element}]` : element));
  return `[${[path.name, ...inner].join(", ")}]`;
}

export function samePath(left: DocumentPath, right: DocumentPath): boolean {
  return (
    left.name === right.name &&
    left.inner.length === right.inner.length &&
    left.inner.every((element, index) => element === right.inner[index])
  );
}

/** The value at the path; undefined when any step of it is absent or of another type. */
export function valueAt(item: Item, path: DocumentPath): AttributeValue | undefined {
  let value = item.get(path.name);
  const { inner } = path;
  for (let index = 0; index < inner.length && value !== undefined; index += 1) {
    const element = inner[index];
    value = element === undefined ? undefined : valueInside(value, element);
  }
  return value;
}

function valueInside(value: AttributeValue, element: PathElement): AttributeValue | undefined {
  if (typeof element === "string") return value.type === "M" ? value.value.get(element) : undefined;
  return value.type === "L" ? value.value[element] : undefined;
}
