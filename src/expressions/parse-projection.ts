/** Parser of projection expressions: document paths with commas between them. */
import { projectionPrecedence } from "./findings.ts";
import { concludeParse, type ParseResult } from "./parse-result.ts";
import type { RawPath, RawProjection } from "./syntax-tree.ts";
import { accept, readPath, tokenReader } from "./token-reader.ts";

export function parseProjection(text: string): ParseResult<RawProjection> {
  const reader = tokenReader(text);
  const paths: RawPath[] = [];
  do paths.push(readPath(reader));
  while (accept(reader, ","));
  return concludeParse(reader, { kind: "projection", paths }, projectionPrecedence);
}
