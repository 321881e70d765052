/** The figures of the PostgreSQL benchmark as text. */
import { spread } from "../statistics.ts";
import { figure, textTable } from "../text-table.ts";
import { type Bar, bars, type Measured } from "./measurements.ts";

const head = [
  "",
  "operations/s",
  "ratio",
  "p50 ms",
  "p99 ms",
  "own CPU µs",
  "server CPU µs",
  "group",
  "statements",
];

export function roundReport(measured: readonly Measured[]): string {
  return textTable(
    head,
    measured.map((row) => [
      row.name,
      figure(row.perSecond),
      ratioText(ratiosOf(row.name, measured)),
      figure(row.p50Ms),
      figure(row.p99Ms),
      figure(row.ownCpuMicros),
      figure(row.serverCpuMicros),
      figure(row.groupSize),
      figure(row.groups && row.groups.statements / Math.max(1, row.groups.committed)),
    ]),
  );
}

/** Medians of the rounds; a ratio is the median of the rounds' ratios, since both sides of one had the same machine. */
export function medianReport(all: readonly Measured[]): string {
  const names = [...new Set(all.map(({ name }) => name))];
  return textTable(
    head,
    names.map((name) => {
      const rows = all.filter((row) => row.name === name);
      const median = (part: (row: Measured) => number | undefined): string => {
        const values = rows.map(part).filter((value) => value !== undefined);
        return figure(values.length === 0 ? undefined : spread(values).median);
      };
      return [
        name,
        median(({ perSecond }) => perSecond),
        ratioText(ratiosOf(name, all)),
        median(({ p50Ms }) => p50Ms),
        median(({ p99Ms }) => p99Ms),
        median(({ ownCpuMicros }) => ownCpuMicros),
        median(({ serverCpuMicros }) => serverCpuMicros),
        median(({ groupSize }) => groupSize),
        median(({ groups }) => groups && groups.statements / Math.max(1, groups.committed)),
      ];
    }),
  );
}

export function barReport(all: readonly Measured[]): string {
  return bars.map((bar) => barLine(bar, ratiosOf(bar.of, all))).join("\n");
}

function barLine({ of, against, ratioMin }: Bar, ratios: readonly number[]): string {
  const what = `${of} / ${against}`;
  if (ratios.length === 0) return `not measured: ${what}`;
  const { median, min, max } = spread(ratios);
  const found = `${what}: ${figure(median)} (${figure(min)} to ${figure(max)}), bar ${ratioMin}`;
  if (median >= ratioMin) return `reached: ${found}`;
  return `missed by ${Math.ceil((1 - median / ratioMin) * 100)} %: ${found}`;
}

/** What must not grow into a storm, all rounds together. */
export function outcomeReport(all: readonly Measured[]): string {
  const lines = [...new Set(all.map(({ name }) => name))].flatMap((name) => {
    const rows = all.filter((row) => row.name === name && row.outcomes !== undefined);
    const sum = (part: (row: Measured) => number | undefined): number =>
      rows.reduce((total, row) => total + (part(row) ?? 0), 0);
    const committed = sum(({ outcomes }) => outcomes?.committed);
    if (committed === 0) return [];
    return [
      `${name}: ${committed} committed, ${sum(({ groups }) => groups?.rolledBack)} groups rolled back, ` +
        `${sum(({ outcomes }) => outcomes?.conflict)} conflicts, ${sum(({ outcomes }) => outcomes?.unknown)} unknown, ` +
        `${sum(({ outcomes }) => outcomes?.refused)} refused, ${sum(({ outcomes }) => outcomes?.failed)} failed`,
    ];
  });
  return lines.join("\n");
}

/** Of each round in which both sides were measured. */
function ratiosOf(name: string, measured: readonly Measured[]): readonly number[] {
  const bar = bars.find(({ of }) => of === name);
  if (bar === undefined) return [];
  return measured.flatMap((row) => {
    if (row.name !== name) return [];
    const other = measured.find(({ name: its, round }) => its === bar.against && round === row.round);
    return other === undefined ? [] : [row.perSecond / other.perSecond];
  });
}

function ratioText(ratios: readonly number[]): string {
  return ratios.length === 0 ? "" : figure(spread(ratios).median);
}
