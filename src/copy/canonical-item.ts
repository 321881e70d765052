/**
 * The one text of an item: the same for all ways to write the same item. Attributes are sorted by name, members of sets
 * by their text, numbers are written one way. Two ends hold the same item when these texts are equal.
 */
import { limits } from "../base/index.ts";
import { type AttributeValue, type Item, parseItem } from "../values/index.ts";
import { CopyFailure } from "./copy-failure.ts";
import type { Json } from "./end.ts";

export function canonicalItem(json: Json): string {
  return itemText(checkedItem(json).item);
}

/** By DynamoDB's arithmetic. */
export function itemBytes(json: Json): number {
  return checkedItem(json).sizeBytes;
}

function checkedItem(json: Json): { readonly item: Item; readonly sizeBytes: number } {
  const parsed = parseItem(json);
  if (parsed.kind !== "item" || parsed.nestingLevels > limits.nestingLevelsMax) {
    const reason = parsed.kind === "item" ? "it is nested too deeply" : parsed.message;
    throw new CopyFailure(`an item is not one that DynamoDB could hold (${reason}): ${shortened(json)}`);
  }
  return parsed;
}

/** The first characters of an item, for a person to recognize it. */
function shortened(json: Json): string {
  const text = JSON.stringify(json);
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}...`;
}

const shownMax = 200;

function itemText(item: Item): string {
  const names = [...item.keys()].sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${memberText(item, name)}`).join(",")}}`;
}

function memberText(item: Item, name: string): string {
  const value = item.get(name);
  return value === undefined ? "" : valueText(value);
}

function valueText(value: AttributeValue): string {
  switch (value.type) {
    case "S":
    case "N":
    case "B":
    case "BOOL":
    case "NULL":
      return `{"${value.type}":${JSON.stringify(value.value)}}`;
    case "SS":
    case "NS":
    case "BS":
      return `{"${value.type}":${JSON.stringify([...value.value].sort())}}`;
    case "L":
      return `{"L":[${value.value.map(valueText).join(",")}]}`;
    case "M":
      return `{"M":${itemText(value.value)}}`;
  }
}
