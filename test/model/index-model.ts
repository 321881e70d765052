/**
 * The oracle of index programs: items in a Map, and an index is a filter and a sort over all of them. Also knows what
 * each item ever was, for reads that may be stale, and DynamoDB's sizes, written the plain way.
 */
import { type IndexDefinition, firstIndexes, type KeyPart, tableKey } from "./index-definitions.ts";
import { identity, type Wire, type WireItem } from "./naive-items.ts";

export interface Action {
  readonly kind: "put" | "delete" | "update" | "check";
  /** Of a put the whole item, else its key. */
  readonly item: WireItem;
  /** Absent: whatever is there. */
  readonly only?: "ifAbsent" | "ifPresent";
  /** Of an update. */
  readonly set?: WireItem;
  readonly remove?: readonly string[];
  /** Added to `counter`. */
  readonly by?: number;
}

export type Refusal = "ConditionalCheckFailedException" | "ValidationException";

export interface RangeCondition {
  readonly operator: "=" | "<" | "<=" | ">" | ">=" | "BETWEEN" | "begins_with";
  readonly values: readonly Wire[];
}

export interface NaiveQuery {
  readonly hash: readonly Wire[];
  /** On the first sort attributes: equalities, and then anything. */
  readonly range: readonly RangeCondition[];
}

export class IndexModel {
  readonly #items = new Map<string, WireItem>();
  /** Every state an item ever had. */
  readonly #history = new Map<string, WireItem[]>();
  readonly indexes: Map<string, IndexDefinition> = new Map(firstIndexes.map((index) => [index.name, index]));
  /** Entries of paused indexes, as they were then. */
  readonly #paused = new Map<string, readonly WireItem[]>();

  get(key: WireItem): WireItem | undefined {
    return this.#items.get(identity(key));
  }

  all(): readonly WireItem[] {
    return [...this.#items.values()];
  }

  /** What an action would be refused with. */
  refusal(action: Action): Refusal | undefined {
    // What a request itself says is looked at before any condition.
    const { set = {} } = action;
    const said = action.kind === "put" ? action.item : set;
    if (this.#isIndexKeyWrong(said, Object.keys(said))) return "ValidationException";
    const isThere = this.get(action.item) !== undefined;
    if (action.only !== undefined && isThere !== (action.only === "ifPresent")) {
      return "ConditionalCheckFailedException";
    }
    return undefined;
  }

  /** Returns the item afterwards. */
  apply(action: Action): WireItem | undefined {
    const id = identity(action.item);
    const before = this.#items.get(id);
    const after = outcomeOf(action, before);
    if (after === undefined) this.#items.delete(id);
    else this.#items.set(id, after);
    if (after !== undefined) this.#history.set(id, [...(this.#history.get(id) ?? []), after]);
    return after;
  }

  #isIndexKeyWrong(item: WireItem, names: readonly string[]): boolean {
    const keys = [...this.indexes.values()].flatMap(({ hash, range }) => [...hash, ...range]);
    return keys.some(({ name, type }) => names.includes(name) && item[name]?.[type] === undefined);
  }

  isPaused(name: string): boolean {
    return this.#paused.has(name);
  }

  /** The index has everything by now and gets nothing more. */
  pause(name: string): void {
    const index = this.indexes.get(name);
    if (index !== undefined) this.#paused.set(name, this.#entriesNow(index));
  }

  resume(name: string): void {
    this.#paused.delete(name);
  }

  resumeAll(): void {
    this.#paused.clear();
  }

  drop(name: string): void {
    this.indexes.delete(name);
    this.#paused.delete(name);
  }

  entries(index: IndexDefinition): readonly WireItem[] {
    return this.#paused.get(index.name) ?? this.#entriesNow(index);
  }

  query(index: IndexDefinition, query: NaiveQuery): readonly WireItem[] {
    const found = this.entries(index).filter((entry) => matches(index, entry, query));
    return found.toSorted((left, right) => compareEntries(index, left, right));
  }

  /** Whether this entry was true at some time. */
  everHeld(index: IndexDefinition, entry: WireItem): boolean {
    const states = this.#history.get(identity(entry)) ?? [];
    return states.some((state) => sameItem(entryOf(index, state), entry));
  }

  sizes(index: IndexDefinition): { readonly count: number; readonly bytes: number } {
    const entries = this.entries(index);
    return { count: entries.length, bytes: entries.reduce((sum, entry) => sum + itemBytes(entry), 0) };
  }

  #entriesNow(index: IndexDefinition): readonly WireItem[] {
    return this.all().flatMap((item) => {
      const entry = entryOf(index, item);
      return entry === undefined ? [] : [entry];
    });
  }
}

function outcomeOf(action: Action, before: WireItem | undefined): WireItem | undefined {
  if (action.kind === "put") return action.item;
  if (action.kind === "delete") return undefined;
  return action.kind === "check" ? before : updated(action, before);
}

function updated(
  { item, set = {}, remove = [], by }: Action,
  before: WireItem | undefined,
): WireItem | undefined {
  // Nothing to remove from makes no item; nothing to do at all makes one.
  const onlyRemoves = remove.length > 0 && Object.keys(set).length === 0 && by === undefined;
  if (before === undefined && onlyRemoves) return undefined;
  const after: Record<string, Wire> = { ...(before ?? item), ...set };
  for (const name of remove) delete after[name];
  if (by !== undefined) after["counter"] = { N: String(Number(before?.["counter"]?.["N"] ?? 0) + by) };
  return after;
}

/** Undefined when the item is not in the index. */
function entryOf(index: IndexDefinition, item: WireItem): WireItem | undefined {
  const keys = [...index.hash, ...index.range, ...tableKey];
  if (keys.some(({ name, type }) => item[name]?.[type] === undefined)) return undefined;
  if (index.projection === "ALL") return item;
  const more = index.projection === "KEYS_ONLY" ? [] : index.projection;
  const names = new Set([...keys.map(({ name }) => name), ...more]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** Attributes in any order. */
function sameItem(left: WireItem | undefined, right: WireItem | undefined): boolean {
  return canonical(left) === canonical(right);
}

export function canonical(item: WireItem | undefined): string {
  return JSON.stringify(
    item === undefined ? null : Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function matches({ hash, range }: IndexDefinition, entry: WireItem, query: NaiveQuery): boolean {
  return (
    hash.every((part, at) => compareParts(part, entry, query.hash[at]) === 0) &&
    query.range.every((condition, at) => {
      const part = range[at];
      return part !== undefined && holds(part, entry, condition);
    })
  );
}

function holds(part: KeyPart, entry: WireItem, { operator, values }: RangeCondition): boolean {
  const [first = 0, second = 0] = values.map((value) => compareParts(part, entry, value));
  switch (operator) {
    case "=":
      return first === 0;
    case "<":
      return first < 0;
    case "<=":
      return first <= 0;
    case ">":
      return first > 0;
    case ">=":
      return first >= 0;
    case "BETWEEN":
      return first >= 0 && second <= 0;
    case "begins_with":
      return keyBytes(part, entry[part.name]).startsWith(keyBytes(part, values[0]));
  }
}

/** By the sort attributes one after the other, then by the table's key, as ours breaks ties. */
function compareEntries({ range }: IndexDefinition, left: WireItem, right: WireItem): number {
  for (const part of [...range, ...tableKey]) {
    const order = compareParts(part, left, right[part.name]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(part: KeyPart, item: WireItem, value: Wire | undefined): number {
  if (part.type === "N") return Number(item[part.name]?.["N"]) - Number(value?.["N"]);
  const left = keyBytes(part, item[part.name]);
  const right = keyBytes(part, value);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Hexadecimal text sorts as bytes do. */
function keyBytes({ type }: KeyPart, value: Wire | undefined): string {
  return Buffer.from(String(value?.[type]), type === "B" ? "base64" : "utf8").toString("hex");
}

export function itemBytes(item: WireItem): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: Wire): number {
  const { S, N, B, L } = value;
  if (typeof S === "string") return Buffer.byteLength(S);
  if (typeof N === "string") return numberBytes(Number(N));
  if (typeof B === "string") return Buffer.from(B, "base64").length;
  if (Array.isArray(L)) return L.reduce<number>((sum, member) => sum + 1 + valueBytes(member as Wire), 3);
  return 1;
}

/** A byte, one for each pair of digits but for zeros behind, one for a minus. */
function numberBytes(number: number): number {
  let rest = Math.abs(number);
  if (rest === 0) return 1;
  while (rest % 100 === 0) rest /= 100;
  const pairs = Math.ceil(String(rest).length / 2);
  return 1 + pairs + (number < 0 ? 1 : 0);
}
