/** What `stator copy` says at its end, and the exit code that goes with it. */
import { type CopyOutcome, type CopyReport, syncedText } from "../copy/index.ts";
import type { CommandContext } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";

export interface ReportedCopy {
  readonly dryRun: boolean;
  readonly sync: boolean;
}

/** Failures go to standard error, findings to standard output. */
export function reportEnd(outcome: CopyOutcome, asked: ReportedCopy, context: CommandContext): number {
  switch (outcome.kind) {
    case "refused":
      for (const message of outcome.messages) context.writeError(`stator: ${message}\n`);
      return exitCodes.failed;
    case "failed":
      context.writeError(`stator: ${outcome.message}\nstator: the same command goes on from here\n`);
      return exitCodes.failed;
    case "stopped":
      context.writeError("stator: stopped; the same command goes on from here\n");
      return exitCodes.interrupted;
    case "done": {
      const { lines, complete } = reportLines(outcome, asked);
      for (const line of lines) context.write(`${line}\n`);
      return complete ? exitCodes.done : exitCodes.failed;
    }
  }
}

interface ReportText {
  readonly lines: readonly string[];
  /** Nothing differs and nothing is lacking, as far as was looked. */
  readonly complete: boolean;
}

function reportLines(report: CopyReport, { dryRun, sync }: ReportedCopy): ReportText {
  const differences = dryRun && report.synced.some((each) => each.missing + each.changed + each.extra > 0);
  const lacking = report.tables.flatMap(({ name, notTakenOver }) =>
    notTakenOver.map(({ member, reason }) => `${name}: not copied: ${member}: ${reason}`),
  );
  const lines = [...syncLines(report, dryRun), ...comparisonLines(report), ...lacking];
  if (lacking.length > 0) {
    lines.push("what is not copied is left out without complaint when it is named with --without");
  }
  const unequal = unequalTables(report);
  if (unequal.length > 0) {
    lines.push(
      `${counted(unequal.length, "table")} not equal: ${unequal.join(", ")}${adviceFor(report, sync)}`,
    );
  }
  return { lines, complete: unequal.length === 0 && lacking.length === 0 && !differences };
}

/** With changes that are followed a difference may be one that is still to come. */
function adviceFor({ followed }: CopyReport, sync: boolean): string {
  if (followed.some(({ ended }) => !ended)) {
    return "; changes are still kept: the same command goes on following, with --sync it copies first what differs";
  }
  return sync ? "" : "; with --sync the same command copies what differs";
}

/** Where nothing was compared, a refused item alone tells that a copy is not whole. */
function unequalTables({ tables, comparisons }: CopyReport): readonly string[] {
  return comparisons.length > 0
    ? comparisons.filter(({ equal }) => !equal).map(({ table }) => table)
    : tables.filter(({ refusedItems }) => refusedItems > 0).map(({ name }) => name);
}

function syncLines({ synced }: CopyReport, dryRun: boolean): readonly string[] {
  return synced.map((each) => syncedText(each, dryRun));
}

function comparisonLines({ comparisons }: CopyReport): readonly string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map(({ table, source, target, equal }) => [
    table,
    String(source.items),
    String(target.items),
    equal ? `equal ${source.sum}` : `DIFFERENT ${source.sum} ${target.sum}`,
  ]);
  return alignedLines([["table", "items from", "items to", "checksum"], ...rows]);
}

function alignedLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
}
