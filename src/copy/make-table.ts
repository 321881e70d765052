/** Makes a table on the target as it is on the source, and says what of it the target would not have. */
import { monotonicMs } from "../base/index.ts";
import { type Caller, refusalText } from "./caller.ts";
import { CopyFailure } from "./copy-failure.ts";
import { describeKnownTable, describeTable, tableFacts } from "./describe-table.ts";
import { type Json, objectsIn, textIn } from "./end.ts";
import { isIndexMember, type NotTakenOver, notTakenOver } from "./not-taken-over.ts";
import { createTableInput, type TableFacts, waivableMembers } from "./table-definition.ts";

export interface MakeTableOptions {
  readonly source: TableFacts;
  readonly waived: ReadonlySet<string>;
}

/** Tags of a new table are not seen at once (AWS: 1 to 3 s). */
const settledAfterMs = 5000;
const settlePauseMs = 500;

/** Does nothing but look where the table is there already. Throws a CopyFailure when an index would be missing. */
export async function makeTable(
  target: Caller,
  { source, waived }: MakeTableOptions,
): Promise<readonly NotTakenOver[]> {
  const { wanted, refused } = await create(target, createTableInput(source, waived));
  await waitUntilActive(target, source.name);
  const missing = await missingAtLast(target, wanted, source.name);
  const indexes = missing.find(({ member }) => isIndexMember(member));
  if (indexes !== undefined) {
    throw new CopyFailure(
      `${target.end.name} has made the table ${source.name} without all ${indexes.member} (${indexes.reason}); ` +
        `to do without them, delete it there and say --without ${indexes.member}`,
    );
  }
  return [...refused, ...missing];
}

/** What was asked for in the end, and what was left out of it because the target refuses it. */
interface Created {
  readonly wanted: Json;
  readonly refused: readonly NotTakenOver[];
}

async function create(target: Caller, input: Json): Promise<Created> {
  let wanted = input;
  const refused: NotTakenOver[] = [];
  for (;;) {
    const outcome = await target.ask("CreateTable", wanted);
    // That it exists is no news: this request, or that of a run before, was done and its answer lost.
    if (outcome.kind === "answer" || tableExists.has(outcome.error)) return { wanted, refused };
    const named = waivableMembers.filter(
      (member) => wanted[member] !== undefined && outcome.message.includes(member),
    );
    const indexes = named.find(isIndexMember);
    if (named.length === 0 || indexes !== undefined) {
      const advice = indexes === undefined ? "" : `; --without ${indexes} makes the table without them`;
      const text = `CreateTable of ${textIn(wanted, "TableName")}: ${refusalText(outcome)}${advice}`;
      throw new CopyFailure(`${target.end.name}: ${text}`);
    }
    for (const member of named) {
      refused.push({ member, reason: `the target refuses it: ${outcome.message}` });
    }
    wanted = Object.fromEntries(Object.entries(wanted).filter(([member]) => !named.includes(member)));
  }
}

const tableExists: ReadonlySet<string> = new Set(["ResourceInUseException", "TableAlreadyExistsException"]);

const activeWithinMs = 30 * 60_000;
const activePauseMs = 250;

/** The table and all its indexes. */
export async function waitUntilActive(target: Caller, name: string): Promise<void> {
  const untilMs = monotonicMs() + activeWithinMs;
  for (;;) {
    const description = await describeTable(target, name);
    if (description !== undefined && isActive(description)) return;
    if (monotonicMs() >= untilMs) {
      throw new CopyFailure(
        `${target.end.name}: the table ${name} was not ready in ${activeWithinMs / 60_000} min`,
      );
    }
    await target.pause(activePauseMs);
  }
}

function isActive(description: Json): boolean {
  const indexes = [
    ...objectsIn(description, "GlobalSecondaryIndexes"),
    ...objectsIn(description, "VectorIndexes"),
  ];
  return (
    textIn(description, "TableStatus") === "ACTIVE" &&
    indexes.every((index) => textIn(index, "IndexStatus") === "ACTIVE")
  );
}

async function missingAtLast(target: Caller, wanted: Json, name: string): Promise<readonly NotTakenOver[]> {
  const untilMs = monotonicMs() + settledAfterMs;
  for (;;) {
    const description = await describeKnownTable(target, name);
    const missing = notTakenOver(wanted, await tableFacts(target, description, nothingWaived));
    if (missing.length === 0 || monotonicMs() >= untilMs) return missing;
    await target.pause(settlePauseMs);
  }
}

const nothingWaived: ReadonlySet<string> = new Set();
