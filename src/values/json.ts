/**
 * AttributeValues as canonical DynamoDB JSON: no blanks, attributes in their order, text escaped as
 * JSON.stringify does it (lone surrogates as \udXXX, so that the UTF-8 of it loses nothing). These are the
 * stored bytes and the bytes sent to clients.
 */

import type { AttributeValue, Item } from "./types.ts";

export function writeItemJson(item: Item): string {
  let json = "{";
  for (const [name, value] of item) {
    json += `${json.length > 1 ? "," : ""}${quote(name)}:${writeValueJson(value)}`;
  }
  return `${json}}`;
}

export function writeValueJson(value: AttributeValue): string {
  switch (value.type) {
    case "S":
      return `{"S":${quote(value.value)}}`;
    case "N":
      return `{"N":"${value.value}"}`;
    case "B":
      return `{"B":"${value.value}"}`;
    case "BOOL":
      return value.value ? '{"BOOL":true}' : '{"BOOL":false}';
    case "NULL":
      return '{"NULL":true}';
    case "SS":
      return `{"SS":[${value.value.map(quote).join(",")}]}`;
    case "NS":
    case "BS":
      return `{"${value.type}":["${value.value.join('","')}"]}`;
    case "L":
      return `{"L":[${value.value.map(writeValueJson).join(",")}]}`;
    case "M":
      return `{"M":${writeItemJson(value.value)}}`;
  }
}

/** The UTF-8 of the JSON, in an array of its own. */
export function encodeItem(item: Item): Uint8Array {
  return new TextEncoder().encode(writeItemJson(item));
}

/** Above this length a regular expression finds what needs escaping faster than a loop. */
const shortLength = 32;

const escapedPattern = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** The string as JSON. Most need no escape, which is cheaper to find out than to let JSON.stringify do it. */
function quote(text: string): string {
  const { length } = text;
  if (length > shortLength) {
    return escapedPattern.test(text) ? JSON.stringify(text) : `"${text}"`;
  }
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || (unit >= 0xd800 && unit <= 0xdfff)) {
      return JSON.stringify(text);
    }
  }
  return `"${text}"`;
}
