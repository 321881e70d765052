/**
 * Several document paths as one tree, so that each map and list on their way is visited once. Paths that
 * overlap (same or one inside the other) or conflict (map key and list index at one place) make no tree.
 */
import type { DocumentPath, PathElement } from "./document-path.ts";
import { operandTexts } from "./issues.ts";

/** Branches below one map or list; those of a list are in index order. */
export interface PathTree {
  readonly access: "key" | "index";
  readonly branches: readonly PathBranch[];
}

/** A path ends here, or goes on inside. */
export type PathBranch =
  | {
      readonly element: PathElement;
      /** Position of the path among those the tree was made from. */
      readonly leaf: number;
    }
  | { readonly element: PathElement; readonly inner: PathTree };

export type PathTreeResult =
  | { readonly kind: "tree"; readonly tree: PathTree }
  | {
      readonly kind: "clash";
      /** Without prefix. */
      readonly message: string;
    };

/** A tree while it grows. */
interface Node {
  /** First path that came through here. */
  readonly first: DocumentPath;
  leaf: number;
  access: "key" | "index";
  readonly children: Map<PathElement, Node>;
}

/** Overlaps are reported before conflicts; of several the one whose second path comes first. */
export function pathTree(paths: readonly DocumentPath[]): PathTreeResult {
  const roots = new Map<PathElement, Node>();
  const clash: Clash = { overlap: undefined, conflict: undefined };
  for (const [leaf, path] of paths.entries()) grow(roots, { path, leaf }, clash);
  const message = clash.overlap ?? clash.conflict;
  if (message !== undefined) return { kind: "clash", message };
  return { kind: "tree", tree: finished("key", roots) };
}

/** A tree of whole attributes that are known to differ. */
export function flatPathTree(names: readonly string[]): PathTree {
  const branches = names.map((element, leaf) => Object.freeze({ element, leaf }));
  return Object.freeze({ access: "key", branches: Object.freeze(branches) });
}

interface Clash {
  overlap: string | undefined;
  conflict: string | undefined;
}

const noLeaf = -1;

function grow(
  roots: Map<PathElement, Node>,
  { path, leaf }: { readonly path: DocumentPath; readonly leaf: number },
  clash: Clash,
): void {
  let children = roots;
  let node: Node | undefined;
  for (let level = 0; level <= path.inner.length; level += 1) {
    const element = level === 0 ? path.name : path.inner[level - 1];
    if (element === undefined) return;
    if (node !== undefined) passThrough(node, { path, element }, clash);
    let child = children.get(element);
    if (child === undefined) {
      child = { first: path, leaf: noLeaf, access: "key", children: new Map() };
      children.set(element, child);
    }
    node = child;
    children = child.children;
  }
  if (node === undefined) return;
  if (node.first === path) node.leaf = leaf;
  else clash.overlap ??= operandTexts.overlap(node.first, path);
}

/** The path goes on below the node, whether it may or not: it can still clash with others there. */
function passThrough(
  node: Node,
  { path, element }: { readonly path: DocumentPath; readonly element: PathElement },
  clash: Clash,
): void {
  if (node.leaf !== noLeaf) clash.overlap ??= operandTexts.overlap(node.first, path);
  const access = typeof element === "number" ? "index" : "key";
  if (node.children.size === 0) node.access = access;
  if (node.access !== access) clash.conflict ??= operandTexts.conflict(node.first, path);
}

function finished(access: "key" | "index", children: ReadonlyMap<PathElement, Node>): PathTree {
  const branches: PathBranch[] = [];
  for (const [element, node] of children) {
    const branch =
      node.leaf === noLeaf
        ? { element, inner: finished(node.access, node.children) }
        : { element, leaf: node.leaf };
    branches.push(Object.freeze(branch));
  }
  if (access === "index") branches.sort((left, right) => Number(left.element) - Number(right.element));
  return Object.freeze({ access, branches: Object.freeze(branches) });
}
