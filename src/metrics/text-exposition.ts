/** The text format 0.0.4 of Prometheus: help, type, then one line per series (several for a histogram). */

import type { Histogram } from "./histogram.ts";

type Labels = readonly (readonly [name: string, value: string])[];

export interface FamilyText {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly lines: () => readonly string[];
}

/** Families in the order given; empty when there is none. */
export function writeExposition(families: readonly FamilyText[]): string {
  return families.map(familyText).join("");
}

function familyText({ name, help, type, lines }: FamilyText): string {
  const escapedHelp = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return [`# HELP ${name} ${escapedHelp}`, `# TYPE ${name} ${type}`, ...lines(), ""].join("\n");
}

export function valueLine(name: string, labels: Labels, value: number): string {
  const text = labels.map(([label, content]) => `${label}="${escapeLabel(content)}"`).join(",");
  return `${name}${text === "" ? "" : `{${text}}`} ${numberText(value)}`;
}

export function histogramLines(name: string, labels: Labels, histogram: Histogram): readonly string[] {
  const bucket = (bound: string, count: number): string =>
    valueLine(`${name}_bucket`, [...labels, ["le", bound]], count);
  return [
    ...histogram.cumulative().map(({ bound, count }) => bucket(numberText(bound), count)),
    bucket("+Inf", histogram.count),
    valueLine(`${name}_sum`, labels, histogram.sum),
    valueLine(`${name}_count`, labels, histogram.count),
  ];
}

function escapeLabel(content: string): string {
  return content.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) {
    return "+Inf";
  }
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
