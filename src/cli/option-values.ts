/** From arguments and environment to checked values, by the options table. */
import { closestName } from "./closest-name.ts";
import type { NumberOption, OptionRow, TextOption } from "./option-rows.ts";
import { allServeOptions, environmentName } from "./serve-options-table.ts";

/** Values by option name; options that were not given and have no default are missing. */
export interface OptionValues {
  readonly kind: "values";
  readonly flags: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Names that were given, not defaulted. */
  readonly given: ReadonlySet<string>;
}

/** One line for a person. */
export interface UsageIssue {
  readonly kind: "usage";
  readonly message: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface Collected {
  readonly flags: Set<string>;
  readonly texts: Map<string, string>;
  readonly numbers: Map<string, number>;
  readonly lists: Map<string, readonly string[]>;
  readonly given: Set<string>;
}

/** Arguments win over the environment, the environment over defaults. */
export function readOptionValues(
  args: readonly string[],
  environment: Environment,
  options: readonly OptionRow[] = allServeOptions(),
): OptionValues | UsageIssue {
  const collected: Collected = {
    flags: new Set(),
    texts: new Map(),
    numbers: new Map(),
    lists: new Map(),
    given: new Set(),
  };
  const problem = readArguments(args, options, collected) ?? readEnvironment(environment, options, collected);
  if (problem !== undefined) return problem;
  for (const option of options) applyDefault(option, collected);
  return { kind: "values", ...collected };
}

function readArguments(
  args: readonly string[],
  known: readonly OptionRow[],
  collected: Collected,
): UsageIssue | undefined {
  const options = new Map(known.map((option) => [`--${option.name}`, option]));
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (!argument.startsWith("--")) return usage(`unexpected argument '${argument}'`);
    const equals = argument.indexOf("=");
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const option = options.get(name);
    if (option === undefined) return unknownOption(name, [...options.keys()]);
    if (option.kind !== "list" && collected.given.has(option.name)) return usage(`${name} is given twice`);
    const text = valueText(option, equals < 0 ? undefined : argument.slice(equals + 1), rest);
    if (typeof text !== "string") return text;
    const problem = take(option, { text, shownAs: name }, collected);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The value after the equal-sign, or else the next argument, which is taken from `rest`. */
function valueText(option: OptionRow, inline: string | undefined, rest: string[]): string | UsageIssue {
  if (option.kind === "flag") return inline === undefined ? "true" : usage(`--${option.name} takes no value`);
  if (inline !== undefined) return inline;
  const next = rest.shift();
  return next === undefined || next.startsWith("--") ? usage(`--${option.name} needs a value`) : next;
}

function readEnvironment(
  environment: Environment,
  options: readonly OptionRow[],
  collected: Collected,
): UsageIssue | undefined {
  for (const option of options) {
    const name = environmentName(option);
    const text = environment[name];
    if (text === undefined || text === "" || collected.given.has(option.name)) continue;
    // Kubernetes sets STATOR_PORT=tcp://10.0.0.1:8000 for a service named stator.
    if (option.kind === "number" && text.startsWith("tcp://")) continue;
    const problem = takeFromEnvironment(option, { text, shownAs: name }, collected);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface Given {
  readonly text: string;
  /** How the person knows it: `--port` or `STATOR_PORT`. */
  readonly shownAs: string;
}

function takeFromEnvironment(option: OptionRow, given: Given, collected: Collected): UsageIssue | undefined {
  if (option.kind === "flag") {
    const text = given.text.toLowerCase();
    if (["0", "false", "no", "off"].includes(text)) return undefined;
    if (!["1", "true", "yes", "on"].includes(text)) return usage(`${given.shownAs} must be true or false`);
  }
  if (option.kind === "list") {
    collected.lists.set(option.name, splitCommas(given.text));
    collected.given.add(option.name);
    return undefined;
  }
  return take(option, given, collected);
}

function take(option: OptionRow, given: Given, collected: Collected): UsageIssue | undefined {
  collected.given.add(option.name);
  switch (option.kind) {
    case "flag":
      collected.flags.add(option.name);
      return undefined;
    case "list": {
      const values = option.commas ? splitCommas(given.text) : [given.text];
      collected.lists.set(option.name, [...(collected.lists.get(option.name) ?? []), ...values]);
      return undefined;
    }
    case "text":
      return takeText(option, given, collected);
    case "number":
      return takeNumber(option, given, collected);
  }
}

function takeText(
  option: TextOption,
  { text, shownAs }: Given,
  collected: Collected,
): UsageIssue | undefined {
  if (text === "") return usage(`${shownAs} needs a value`);
  if (option.choices !== undefined && !option.choices.includes(text)) {
    return usage(`${shownAs} must be ${option.choices.join(" or ")}, not '${text}'`);
  }
  collected.texts.set(option.name, text);
  return undefined;
}

function takeNumber(
  option: NumberOption,
  { text, shownAs }: Given,
  collected: Collected,
): UsageIssue | undefined {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= option.min && number <= option.max)) {
    return usage(`${shownAs} must be a whole number from ${option.min} to ${option.max}, not '${text}'`);
  }
  collected.numbers.set(option.name, number);
  return undefined;
}

function applyDefault(option: OptionRow, collected: Collected): void {
  if (collected.given.has(option.name)) return;
  if (option.kind === "text" && option.defaultText !== undefined) {
    collected.texts.set(option.name, option.defaultText);
  }
  if (option.kind === "number" && option.defaultNumber !== undefined) {
    collected.numbers.set(option.name, option.defaultNumber);
  }
}

function splitCommas(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

export function usage(message: string): UsageIssue {
  return { kind: "usage", message };
}

export function unknownOption(name: string, known: readonly string[]): UsageIssue {
  const closest = closestName(name, known);
  return usage(`unknown option ${name}${closest === undefined ? "" : `; did you mean ${closest}?`}`);
}
