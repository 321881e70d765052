/** How a parse ends: a frozen tree, or the one problem that goes first. */
import { limits } from "../base/index.ts";
import { firstFinding, type Precedence } from "./findings.ts";
import { formTexts } from "./issues.ts";
import { finish, type TokenReader } from "./token-reader.ts";

export interface ParsedTree<Tree> {
  readonly kind: "parsed";
  readonly tree: Tree;
}

export interface ParseProblem {
  readonly kind: "problem";
  /** Without the prefix that names the parameter. */
  readonly message: string;
}

export type ParseResult<Tree> = ParsedTree<Tree> | ParseProblem;

/** Ends a parse; every token must have been read. Syntax goes before the operator count, that before findings. */
export function concludeParse<Tree extends object>(
  reader: TokenReader,
  tree: Tree,
  precedence: Precedence,
): ParseResult<Tree> {
  finish(reader);
  const message = reader.problem ?? countProblem(reader) ?? firstFinding(reader.findings, precedence);
  return message === undefined ? { kind: "parsed", tree: frozen(tree) } : { kind: "problem", message };
}

function countProblem({ operatorCount }: TokenReader): string | undefined {
  return operatorCount > limits.expressionOperatorsMax
    ? formTexts.tooManyOperators(operatorCount)
    : undefined;
}

/** Trees are shared by requests, so that a write to one would be seen by others. */
export function frozen<Node extends object>(node: Node): Node {
  for (const child of Object.values(node) as readonly unknown[]) {
    if (typeof child === "object" && child !== null) frozen(child);
  }
  return Object.freeze(node);
}
