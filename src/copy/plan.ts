/** What a copy will do with each table, and what stands against it; looks at both ends and changes nothing. */
import type { Caller } from "./caller.ts";
import type { CopyState, TableState } from "./copy-state.ts";
import { describeTable, listTables } from "./describe-table.ts";
import { type Json, numberIn, textIn } from "./end.ts";
import { keySchemaText, tableIdOf } from "./table-definition.ts";
import { chooseTables } from "./table-names.ts";

export type TableAction =
  /** Not there yet. */
  | "make"
  /** There, by a run before or because it may be: items are copied into it. */
  | "fill"
  /** Some items are copied. */
  | "goOn"
  /** All items were copied by a run before. */
  | "done"
  /** There, and only what differs is to be written. */
  | "sync";

export interface PlannedTable {
  readonly name: string;
  readonly action: TableAction;
  /** The source's. */
  readonly description: Json;
  readonly itemsExpected: number;
}

export interface CopyPlan {
  readonly tables: readonly PlannedTable[];
  /** One line each for a person; with any, nothing may be done. */
  readonly obstacles: readonly string[];
}

export interface PlanOptions {
  readonly source: Caller;
  readonly target: Caller;
  readonly patterns: readonly string[];
  readonly intoExisting: boolean;
  readonly sync: boolean;
  readonly state: CopyState;
}

export async function planCopy(options: PlanOptions): Promise<CopyPlan> {
  const { source, patterns } = options;
  const { names, unmatched } = chooseTables(await listTables(source), patterns);
  const obstacles = unmatched.map((pattern) => `${source.end.name} has no table ${pattern}`);
  if (names.length === 0 && patterns.length === 0) obstacles.push(noTables(source));
  const tables: PlannedTable[] = [];
  for (const name of names) {
    const description = await describeTable(source, name);
    // Dropped since it was listed.
    if (description === undefined) continue;
    const outcome = await actionFor(options, name, description);
    if ("obstacle" in outcome) obstacles.push(outcome.obstacle);
    else {
      tables.push({
        name,
        action: outcome.action,
        description,
        itemsExpected: numberIn(description, "ItemCount") ?? 0,
      });
    }
  }
  return { tables, obstacles };
}

function noTables({ end }: Caller): string {
  const elsewhere = end.elsewhere?.() ?? [];
  const more = elsewhere.length === 0 ? "" : `; there are some in ${elsewhere.join(", ")}`;
  return `${end.name} has no tables${more}`;
}

type Decision = { readonly action: TableAction } | { readonly obstacle: string };

async function actionFor(options: PlanOptions, name: string, description: Json): Promise<Decision> {
  const status = textIn(description, "TableStatus") ?? "";
  if (status !== "ACTIVE" && status !== "UPDATING") {
    return { obstacle: `${options.source.end.name}: the table ${name} is ${status}` };
  }
  const state = options.state.tables.get(name);
  const present = await describeTable(options.target, name);
  if (present !== undefined && keySchemaText(present) !== keySchemaText(description)) {
    return {
      obstacle:
        `the tables ${name} have different keys: ${keySchemaText(description)} on ${options.source.end.name}, ` +
        `${keySchemaText(present)} on ${options.target.end.name}`,
    };
  }
  return state === undefined
    ? withoutState(options, name, present)
    : withState(options, state, { name, description, present });
}

function withoutState(
  { target, intoExisting, sync }: PlanOptions,
  name: string,
  present: Json | undefined,
): Decision {
  if (present === undefined) return { action: "make" };
  if (intoExisting) return { action: sync ? "sync" : "fill" };
  return {
    obstacle:
      `${target.end.name} has a table ${name} already, which no run with this state file has made; ` +
      "--into-existing writes into it",
  };
}

interface KnownTable {
  readonly name: string;
  readonly description: Json;
  readonly present: Json | undefined;
}

const anew = "(without the state file the copy begins anew)";

function withState(
  { target, source, sync }: PlanOptions,
  state: TableState,
  { name, description, present }: KnownTable,
): Decision {
  if (state.sourceId !== tableIdOf(description)) {
    return { obstacle: `${source.end.name}: the table ${name} is not the one whose copy was begun ${anew}` };
  }
  if (state.step === "making") return { action: "make" };
  if (present === undefined || state.targetId !== tableIdOf(present)) {
    return {
      obstacle: `${target.end.name}: the table ${name} is gone or is not the one that was copied into ${anew}`,
    };
  }
  if (state.step === "copying") return { action: "goOn" };
  return { action: sync ? "sync" : "done" };
}
