/** Makes all tables, then copies the items of one after the other; the state says at each moment what is done. */
import { waitUntilActive, makeTable } from "./make-table.ts";
import { type CopyContext, withSignal } from "./copy-context.ts";
import { copyItems } from "./copy-items.ts";
import { type CopyState, newTableState, type TableState } from "./copy-state.ts";
import { describeKnownTable, tableFacts } from "./describe-table.ts";
import { type Json, numberIn } from "./end.ts";
import { applyLateSettings } from "./late-settings.ts";
import { type NotTakenOver, notTakenOver } from "./not-taken-over.ts";
import type { CopyPlan, PlannedTable } from "./plan.ts";
import { segmentsFor } from "./scan-pages.ts";
import { createTableInput, keyNamesOf, neverCopied, tableIdOf } from "./table-definition.ts";
import { eachOf } from "./workers.ts";

export interface CopyWishes {
  /** Members of tables that are left out. */
  readonly waived: ReadonlySet<string>;
}

export interface TablesToCopy {
  readonly plan: CopyPlan;
  readonly state: CopyState;
  readonly wishes: CopyWishes;
  /** After each table, whether there was anything to copy or not; the next one waits for it. */
  readonly onCopied?: (planned: PlannedTable) => Promise<void>;
}

/** Tables first, so that what stands in the way of the last one is known before the first item is copied. */
export async function copyTables(
  context: CopyContext,
  { plan, state, wishes, onCopied }: TablesToCopy,
): Promise<void> {
  const begun = plan.tables.filter(({ action }) => action === "make" || action === "fill");
  context.progress.begin("making tables", 0);
  await eachOf(
    begun,
    { workersMax: Math.min(context.workersMax, madeAtOnceMax), signal: context.signal },
    async (planned, signal) => {
      await beginTable(withSignal(context, signal), planned, { state, wishes });
    },
  );
  for (const planned of plan.tables) {
    const table = state.tables.get(planned.name);
    if (table !== undefined && table.step === "copying") {
      await fillTable(context, planned, { table, wishes });
    }
    await onCopied?.(planned);
  }
}

/** Each waits until its table is ready, some ten seconds on AWS. */
const madeAtOnceMax = 8;

async function beginTable(
  context: CopyContext,
  { name, action, description }: PlannedTable,
  { state, wishes }: Pick<TablesToCopy, "state" | "wishes">,
): Promise<void> {
  const { source, target, keeper, workersMax } = context;
  const facts = await tableFacts(source, description, wishes.waived);
  const table = state.tables.get(name) ?? newTableState(tableIdOf(description));
  if (action === "make") {
    // Said before it is done: a table that is found there by the next run is then known to be this one.
    state.tables.set(name, table);
    await keeper.save();
  }
  const lacking =
    action === "make"
      ? await makeTable(target, { source: facts, waived: wishes.waived })
      : await lackingInExisting(context, { name, wanted: createTableInput(facts, wishes.waived) });
  const never = neverCopied(facts).map(([member, reason]) => ({ member, reason }));
  table.notTakenOver = [...lacking, ...never];
  table.targetId = tableIdOf(await describeKnownTable(target, name));
  const segments = segmentsFor(numberIn(description, "TableSizeBytes") ?? 0, workersMax);
  table.segments = Array.from({ length: segments }, () => ({ done: false, startKey: undefined }));
  table.step = "copying";
  state.tables.set(name, table);
  await keeper.save();
}

/** A table that is there stays as it is; a person is told how it differs. */
async function lackingInExisting(
  context: CopyContext,
  { name, wanted }: { readonly name: string; readonly wanted: Json },
): Promise<readonly NotTakenOver[]> {
  const { target } = context;
  await waitUntilActive(target, name);
  return notTakenOver(wanted, await tableFacts(target, await describeKnownTable(target, name), new Set()));
}

interface TableToFill {
  readonly table: TableState;
  readonly wishes: CopyWishes;
}

async function fillTable(
  context: CopyContext,
  { name, description, itemsExpected }: PlannedTable,
  { table, wishes }: TableToFill,
): Promise<void> {
  const { source, target, keeper, progress, say } = context;
  progress.begin(`copying ${name}`, itemsExpected, table.items);
  await copyItems(context, { name, keyNames: keyNamesOf(description), state: table });
  progress.begin(`finishing ${name}`, 0);
  const facts = await tableFacts(source, description, wishes.waived);
  table.notTakenOver.push(...(await applyLateSettings(target, facts, wishes.waived)));
  table.step = "copied";
  await keeper.save();
  say(`${name}: ${table.items} items copied`);
}
