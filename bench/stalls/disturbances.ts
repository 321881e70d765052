/** What goes on beside the load: a table that is read from end to end again and again, and one that is dropped. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { apiText } from "../api-call.ts";

export interface RunEvent {
  readonly atMs: number;
  readonly text: string;
}

export interface Disturbance {
  readonly endpoint: string;
  readonly table: string;
  /** Aborted when the run is over. */
  readonly over: AbortSignal;
  readonly tell: (text: string) => void;
}

export interface Scans extends Disturbance {
  /** From the beginning of one page to the next, where the page does not take longer. */
  readonly everyMs: number;
}

/** Returns how many times the table was read in full, and how many pages. */
export async function scanAgainAndAgain({ endpoint, table, over, tell, everyMs }: Scans): Promise<string> {
  let pages = 0;
  let rounds = 0;
  let startKey: string | undefined;
  while (!over.aborted) {
    const from = startKey === undefined ? "" : `,"ExclusiveStartKey":${startKey}`;
    const startMs = performance.now();
    const { status, text } = await apiText(endpoint, "Scan", `{"TableName":"${table}"${from}}`);
    if (status !== 200) {
      tell(`a Scan was answered ${status}`);
      await pause(100);
      continue;
    }
    pages++;
    startKey = lastEvaluatedKey(text);
    if (startKey === undefined) rounds++;
    await pause(Math.max(0, startMs + everyMs - performance.now()));
  }
  return `${table} was scanned ${rounds} times in full, ${pages} pages`;
}

/** Without parsing a megabyte: the benchmark must not take the server's cores. */
export function lastEvaluatedKey(text: string): string | undefined {
  const at = text.lastIndexOf('"LastEvaluatedKey":');
  return at === -1 ? undefined : /^"LastEvaluatedKey":(\{"pk":\{"S":"[^"]*"\}\})/u.exec(text.slice(at))?.[1];
}

export interface Drop extends Disturbance {
  /** Of the server's data; absent: not watched. */
  readonly folder?: string;
  readonly megabytes: number;
}

const lookEveryMs = 200;
const bytesPerMegabyte = 1e6;
/** Of the table's size: the rest of the file's pages belongs to others or stays for the next writes. */
const shareGivenBack = 0.9;

/** Drops the table and tells what becomes of it and of its space, until the run is over. */
export async function dropTable({ endpoint, table, folder, megabytes, over, tell }: Drop): Promise<void> {
  const before = fileMegabytes(folder);
  tell(`DeleteTable ${table} is sent${before === undefined ? "" : `, data file ${Math.round(before)} MB`}`);
  const sentMs = performance.now();
  const answer = await apiText(endpoint, "DeleteTable", `{"TableName":"${table}"}`);
  tell(`DeleteTable was answered ${answer.status} after ${Math.round(performance.now() - sentMs)} ms`);
  let there = true;
  let givenBack = 0;
  let done = false;
  while (!over.aborted && !done) {
    if (there) {
      const { status } = await apiText(endpoint, "DescribeTable", `{"TableName":"${table}"}`);
      there = status === 200 || status >= 500;
      if (!there) tell(`${table} is gone`);
    }
    const now = fileMegabytes(folder);
    if (before !== undefined && now !== undefined) {
      if (givenBack === 0 && now < before) tell("the data file begins to shrink");
      givenBack = Math.max(givenBack, before - now);
      done = !there && givenBack >= megabytes * shareGivenBack;
    }
    if (!done) await pause(lookEveryMs);
  }
  if (before !== undefined) {
    tell(
      done
        ? `its space is given back (${Math.round(givenBack)} MB)`
        : `at the end ${Math.round(givenBack)} of ${megabytes} MB were given back`,
    );
  }
}

/** The data file alone: what is in the log beside it is not there for long. */
function fileMegabytes(folder: string | undefined): number | undefined {
  if (folder === undefined) return undefined;
  const stats = statSync(join(folder, "stator.db"), { throwIfNoEntry: false });
  return stats === undefined ? undefined : stats.size / bytesPerMegabyte;
}

async function pause(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}
