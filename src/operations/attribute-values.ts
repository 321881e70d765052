/** Attribute values of a request: parsed, or refused with DynamoDB's text. */
import { type WireValue, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import { nestingMessage } from "../mutations/index.ts";
import { type ParsedItem, parseItem } from "../values/index.ts";

export type WireItem = Readonly<Record<string, WireValue>>;

/** Item, Key and the like; the nesting depth is checked later, after the table has been found. */
export function parsedItem(wire: WireItem): ParsedItem {
  const parsed = parseItem(wire);
  if (parsed.kind === "valueIssue") throw validationError(parsed.message);
  return parsed;
}

/** Documents deeper than 32 levels are refused once the table is known to exist. */
export function refuseDeepNesting(parsed: ParsedItem): void {
  if (parsed.nestingLevels > limits.nestingLevelsMax) throw validationError(nestingMessage);
}
