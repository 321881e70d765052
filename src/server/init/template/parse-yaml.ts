/**
 * YAML as plain data, CloudFormation's short tags (`!Ref`, `!Sub`, `!GetAtt`...) turned into their long form.
 * Loads the YAML package only when it is called.
 */
import type { Node, ParsedNode, YAMLError } from "yaml";
import { objectOf } from "../plain-data.ts";

export type YamlOutcome =
  | { readonly kind: "data"; readonly data: unknown }
  | { readonly kind: "malformed"; readonly message: string };

const nodesMax = 200_000;
const depthMax = 100;

export async function parseYaml(text: string): Promise<YamlOutcome> {
  const yaml = await import("yaml");
  // Unknown tags are what we want to see; the library would only warn about them.
  const document = yaml.parseDocument(text, { logLevel: "silent" });
  const [error]: readonly YAMLError[] = document.errors;
  if (error !== undefined) return { kind: "malformed", message: firstLine(error.message) };
  let nodesLeft = nodesMax;
  // The library's own look-up walks the whole document for each alias.
  const anchors = new Map<string, Node>();

  const toData = (node: Node | ParsedNode | null | undefined, depth: number): unknown => {
    nodesLeft -= 1;
    if (nodesLeft < 0) throw new TooLarge(`more than ${nodesMax} nodes`);
    if (depth > depthMax) throw new TooLarge(`nested deeper than ${depthMax} levels`);
    if (node === null || node === undefined) return null;
    if (yaml.isAlias(node)) return toData(anchors.get(node.source), depth + 1);
    if (yaml.isNode(node) && "anchor" in node && node.anchor !== undefined) anchors.set(node.anchor, node);
    const value = contentOf(node, depth);
    return typeof node.tag === "string" && /^![A-Za-z]/.test(node.tag)
      ? longForm(node.tag.slice(1), value)
      : value;
  };

  const contentOf = (node: Node, depth: number): unknown => {
    if (yaml.isScalar(node)) return node.value;
    if (yaml.isSeq<Node>(node)) return node.items.map((item) => toData(item, depth + 1));
    if (!yaml.isMap<Node, Node>(node)) return null;
    return objectOf(
      node.items.map((pair) => [String(toData(pair.key, depth + 1)), toData(pair.value, depth + 1)] as const),
    );
  };

  try {
    return { kind: "data", data: toData(document.contents, 0) };
  } catch (failure) {
    if (failure instanceof TooLarge) return { kind: "malformed", message: failure.message };
    throw failure;
  }
}

/** Thrown and caught in this file only: unwinds a recursion that met hostile input. */
class TooLarge extends Error {}

function longForm(tag: string, value: unknown): unknown {
  if (tag === "Ref" || tag === "Condition") return { [tag]: value };
  // `!GetAtt Table.Arn` is short for a list of two.
  if (tag === "GetAtt" && typeof value === "string") return { "Fn::GetAtt": value.split(".") };
  return { [`Fn::${tag}`]: value };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
