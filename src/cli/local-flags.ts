/**
 * Understands a command line written for DynamoDB Local, `-jar DynamoDBLocal.jar -inMemory -port 8000`, and
 * says it in the options of `stator serve`.
 */
import { localFlags } from "./local-flags-table.ts";
import { unknownOption, usage, type UsageIssue } from "./option-values.ts";

export type LocalCommand =
  | { readonly kind: "serve"; readonly args: readonly string[]; readonly given: ReadonlyMap<string, string> }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | UsageIssue;

/** With -delayTransientStatuses: how long index changes are under way. */
const transientStatusMs = 3000;

/** True when the arguments are in DynamoDB Local's manner: one dash, or Java's own words. */
export function isLocalCommand(args: readonly string[]): boolean {
  return args.some((argument) => argument === "java" || /^-[A-Za-z]{2,}/.test(argument));
}

/** Words meant for Java (-D..., -X..., -jar FILE) are skipped. */
export function readLocalCommand(args: readonly string[]): LocalCommand {
  const given = new Map<string, string>();
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === "java" || argument === "serve" || /^-[DX]/.test(argument)) continue;
    if (argument === "-jar") {
      rest.shift();
      continue;
    }
    const flag = localFlags.find(({ name }) => name === argument);
    if (flag === undefined) return unknownFlag(argument);
    const value = flag.value === undefined ? "" : rest.shift();
    if (value === undefined || (flag.value !== undefined && value.startsWith("-"))) {
      return usage(`${argument} needs a value`);
    }
    given.set(argument, value);
  }
  if (given.has("-help")) return { kind: "help" };
  if (given.has("-version")) return { kind: "version" };
  return translate(given);
}

function translate(given: ReadonlyMap<string, string>): LocalCommand {
  const folder = given.get("-dbPath");
  if (given.has("-inMemory") && folder !== undefined)
    return usage("-inMemory and -dbPath exclude each other");
  if (given.has("-optimizeDbBeforeStartup") && folder === undefined) {
    return usage("-optimizeDbBeforeStartup needs -dbPath");
  }
  const args: string[] = [];
  const port = given.get("-port");
  if (port !== undefined) args.push(`--port=${port}`);
  if (given.has("-inMemory")) args.push("--memory");
  if (folder !== undefined) args.push(`--data=${folder}`);
  if (given.has("-sharedDb")) args.push("--shared");
  const origins = given.get("-cors");
  if (origins !== undefined) args.push(`--cors=${origins}`);
  // DynamoDB Local delays only the statuses of indexes, which are changed by UpdateTable.
  if (given.has("-delayTransientStatuses")) args.push(`--update-delay-ms=${transientStatusMs}`);
  return { kind: "serve", args, given };
}

/** The configuration lines DynamoDB Local prints, which scripts look for. */
export function localBanner(given: ReadonlyMap<string, string>, version: string): readonly string[] {
  return [
    `Port:\t${given.get("-port") ?? "8000"}`,
    `InMemory:\t${given.has("-inMemory")}`,
    `Version:\t${version}`,
    `DbPath:\t${given.get("-dbPath") ?? "null"}`,
    `SharedDb:\t${given.has("-sharedDb")}`,
    `shouldDelayTransientStatuses:\t${given.has("-delayTransientStatuses")}`,
    `CorsParams:\t${given.get("-cors") ?? "null"}`,
  ];
}

function unknownFlag(argument: string): UsageIssue {
  if (!argument.startsWith("-")) return usage(`unexpected argument '${argument}'`);
  return unknownOption(
    argument,
    localFlags.map(({ name }) => name),
  );
}
