/** What `open` can be told. Unknown options are refused: a misspelt one would silently do nothing. */
import type { AdjustableClock } from "../base/index.ts";
import {
  type IndexLag,
  type IndexLags,
  type InitEntry,
  readInitArgument,
  type StatusDelays,
} from "../server/index.ts";

/** Input of CreateTable, or a CloudFormation or SAM template as data. */
export type TableDefinition = Readonly<Record<string, unknown>>;

export interface OpenOptions {
  /**
   * Tables to begin with: inputs of CreateTable, templates, or paths of files that hold them (JSON, YAML) or
   * items (`orders.ndjson`, or `Orders=items.json.gz` where the lines name no table).
   */
  readonly tables?: string | TableDefinition | readonly (string | TableDefinition)[];
  /** Folder that keeps the data; absent: in memory, gone at close. */
  readonly data?: string;
  /** Absent: a clock of its own that follows the system's until it is steered. */
  readonly clock?: AdjustableClock;
  /** Region of `clientConfig()` and of the initial tables; us-east-1 when absent. */
  readonly region?: string;
  /** All regions and access keys see the same tables. */
  readonly shared?: boolean;
  /** How long tables stay CREATING, UPDATING and DELETING on the clock; 0 when absent. */
  readonly delays?: Partial<StatusDelays>;
  /**
   * How far global indexes stay behind their tables: `none` (the default: each request finds them caught up),
   * `natural`, or milliseconds on the clock; for all, or by `Table/Index`.
   */
  readonly indexLag?: IndexLag | IndexLags;
  /**
   * How long write transactions hold their items on the clock before they take place, so that a test can see what
   * conflicts with them; up to 10 minutes, 0 when absent.
   */
  readonly transactionHoldMs?: number;
  /** Of one partition key in a table with local indexes; DynamoDB's 10 GB when absent. */
  readonly itemCollectionBytesMax?: number;
  /** Receives remarks for a person; absent: nobody. */
  readonly onNote?: (line: string) => void;
}

const optionNames: ReadonlySet<string> = new Set<keyof OpenOptions>([
  "tables",
  "data",
  "clock",
  "region",
  "shared",
  "delays",
  "indexLag",
  "transactionHoldMs",
  "itemCollectionBytesMax",
  "onNote",
]);

/** Throws a TypeError that names what is not supported. */
export function checkOptions(options: OpenOptions): void {
  for (const name of Object.keys(options)) {
    if (!optionNames.has(name)) throw new TypeError(`open: there is no option ${name}`);
  }
  const { indexLag, transactionHoldMs } = options;
  const lags =
    typeof indexLag === "object" ? [indexLag.all, ...Object.values(indexLag.byIndex ?? {})] : [indexLag];
  for (const lag of lags) {
    if (lag === undefined || lag === "none" || lag === "natural" || isDelay(lag, Infinity)) continue;
    throw new TypeError('open: indexLag is "none", "natural" or milliseconds');
  }
  if (transactionHoldMs === undefined || isDelay(transactionHoldMs, holdMsMax)) return;
  throw new TypeError(`open: transactionHoldMs is a number of milliseconds, at most ${holdMsMax}`);
}

/** The contract of engines allows no more. */
const holdMsMax = 600_000;

function isDelay(value: unknown, max: number): boolean {
  return typeof value === "number" && value >= 0 && value <= max;
}

export function indexLags({ indexLag }: OpenOptions): IndexLags | undefined {
  return typeof indexLag === "object" || indexLag === undefined ? indexLag : { all: indexLag };
}

export function initEntries({ tables }: OpenOptions): readonly InitEntry[] {
  if (tables === undefined) return [];
  const list: readonly (string | TableDefinition)[] =
    typeof tables === "string" || !isList(tables) ? [tables] : tables;
  return list.map((entry, index) =>
    typeof entry === "string"
      ? { kind: "file", file: readInitArgument(entry) }
      : { kind: "data", data: entry, source: list.length === 1 ? "tables" : `tables[${index}]` },
  );
}

function isList(value: unknown): value is readonly (string | TableDefinition)[] {
  return Array.isArray(value);
}
