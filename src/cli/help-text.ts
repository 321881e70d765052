/** The text of `stator --help`, made from the options table. */
import { copyOptionGroups } from "./copy-options.ts";
import { exitCodes } from "./exit-codes.ts";
import { localFlags } from "./local-flags-table.ts";
import type { OptionGroup, OptionRow } from "./option-rows.ts";
import { environmentName, serveOptions } from "./serve-options-table.ts";

const lineWidth = 100;
const indent = "      ";

export function helpText(): string {
  const lines = [
    "stator - an open DynamoDB on machines you own",
    "",
    "Usage:",
    "  stator serve [options]     start a server",
    "  stator verify [--data DIR | --store URL]",
    "                             look for contradictions in the data of a server that is not running",
    "  stator migrate --store URL [--heads N]",
    "                             make a PostgreSQL store, or bring one to this version's format",
    "  stator copy --from A --to B [options]",
    "                             copy tables between folders, servers and DynamoDB, and compare them",
    "  stator --version           print the version",
    "  stator --help              print this text",
    "",
    "Options of serve; each is an environment variable, too (lists separated by commas):",
  ];
  for (const group of serveOptions) lines.push(...groupLines(group));
  lines.push("", "Options of copy; each is an environment variable, too:");
  for (const group of copyOptionGroups) lines.push(...groupLines(group));
  lines.push("", ...localLines(), "", ...exitLines());
  return `${lines.join("\n")}\n`;
}

function groupLines({ title, options }: OptionGroup): readonly string[] {
  return ["", `  ${title}`, ...options.flatMap(optionLines)];
}

function optionLines(option: OptionRow): readonly string[] {
  const value = option.kind === "flag" ? "" : ` ${option.value}`;
  const head = `    --${option.name}${value}`;
  return [`${head.padEnd(40)}${environmentName(option)}`, ...wrap(option.help + defaultNote(option))];
}

function defaultNote(option: OptionRow): string {
  const choices =
    option.kind === "text" && option.choices !== undefined ? ` One of ${option.choices.join(", ")}.` : "";
  if (option.kind === "text" && option.defaultText !== undefined)
    return `${choices} Default: ${option.defaultText}.`;
  if (option.kind === "number" && option.defaultNumber !== undefined)
    return ` Default: ${option.defaultNumber}.`;
  return choices;
}

function localLines(): readonly string[] {
  const names = localFlags.map(({ name, value }) => (value === undefined ? name : `${name} ${value}`));
  return [
    "The flags of DynamoDB Local are understood in place of a command, also behind -jar DynamoDBLocal.jar:",
    ...wrap(names.join(", ")),
  ];
}

function exitLines(): readonly string[] {
  return [
    "Exit codes:",
    `  ${exitCodes.done}    stopped as asked; verify: found nothing; copy: both ends are equal`,
    `  ${exitCodes.failed}    could not start, or broke down; verify: found problems, or could not look`,
    "       copy: something differs or is lacking on the target, or it could not go on",
    `  ${exitCodes.wrongUse}    wrong use of the command line or of an environment variable`,
    `  ${exitCodes.interrupted}  asked twice to stop, ended at once; copy: asked to stop`,
  ];
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > lineWidth) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  if (line !== "") lines.push(indent + line);
  return lines;
}
