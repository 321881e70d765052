/** How deep a value goes, counted as DynamoDB limits it. */

import type { AttributeValue, Item } from "./types.ts";

/** The most levels of any attribute: 1 for scalars and sets, one more per list or map around; 0 when empty. */
export function nestingLevels(item: Item): number {
  let levels = 0;
  for (const value of item.values()) {
    levels = Math.max(levels, valueLevels(value));
  }
  return levels;
}

function valueLevels(value: AttributeValue): number {
  switch (value.type) {
    case "L":
      return 1 + value.value.reduce((levels, member) => Math.max(levels, valueLevels(member)), 0);
    case "M":
      return 1 + nestingLevels(value.value);
    default:
      return 1;
  }
}
