/** Finds out what the command line asks for and does it. Loads the server only when one is to be started. */
import { type CommandContext, processContext } from "./command-context.ts";
import { copyOptions } from "./copy-options.ts";
import { exitCodes } from "./exit-codes.ts";
import { helpText } from "./help-text.ts";
import { isLocalCommand, readLocalCommand } from "./local-flags.ts";
import { migrateOptions } from "./migrate-options.ts";
import { readOptionValues, unknownOption } from "./option-values.ts";
import { verifyOptions } from "./verify-options.ts";
import { packageVersion } from "./version.ts";

/** Resolves with the exit code; never rejects. */
export async function runCommand(
  args: readonly string[],
  context: CommandContext = processContext(),
): Promise<number> {
  try {
    return await run(args, context);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.writeError(`stator: unexpected failure: ${text}\n`);
    return exitCodes.failed;
  }
}

async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || args.includes("--help") || args.includes("-h") || first === "help") {
    context.write(helpText());
    return exitCodes.done;
  }
  if (args.includes("--version")) return printVersion(context);
  if (isLocalCommand(args)) return runLocal(args, context);
  if (first === "serve") return startServing(rest, undefined, context);
  if (first === "verify") return startVerifying(rest, context);
  if (first === "migrate") return startMigrating(rest, context);
  if (first === "copy") return startCopying(rest, context);
  const message = first.startsWith("-")
    ? unknownOption(first, ["--help", "--version"]).message
    : `unknown command '${first}'`;
  return wrongUse(`${message}; try stator --help`, context);
}

function printVersion(context: CommandContext): number {
  context.write(`${packageVersion()}\n`);
  return exitCodes.done;
}

async function runLocal(args: readonly string[], context: CommandContext): Promise<number> {
  const command = readLocalCommand(args);
  switch (command.kind) {
    case "usage":
      return wrongUse(command.message, context);
    case "help":
      context.write(helpText());
      return exitCodes.done;
    case "version":
      return printVersion(context);
    case "serve":
      return startServing(command.args, command.given, context);
  }
}

/** A wrong command line is told before the server is even loaded. */
async function startServing(
  args: readonly string[],
  localFlags: ReadonlyMap<string, string> | undefined,
  context: CommandContext,
): Promise<number> {
  const values = readOptionValues(args, context.environment);
  if (values.kind === "usage") return wrongUse(values.message, context);
  const { serve } = await import("./serve.ts");
  return serve({ values, localFlags }, context);
}

async function startVerifying(args: readonly string[], context: CommandContext): Promise<number> {
  const values = readOptionValues(args, context.environment, verifyOptions);
  if (values.kind === "usage") return wrongUse(values.message, context);
  const { verify } = await import("./verify.ts");
  return verify(values, context);
}

async function startCopying(args: readonly string[], context: CommandContext): Promise<number> {
  const values = readOptionValues(args, context.environment, copyOptions);
  if (values.kind === "usage") return wrongUse(values.message, context);
  const { copy } = await import("./copy.ts");
  return copy(values, context);
}

async function startMigrating(args: readonly string[], context: CommandContext): Promise<number> {
  const values = readOptionValues(args, context.environment, migrateOptions);
  if (values.kind === "usage") return wrongUse(values.message, context);
  const { migrate } = await import("./migrate.ts");
  return migrate(values, context);
}

function wrongUse(message: string, context: CommandContext): number {
  context.writeError(`stator: ${message}\n`);
  return exitCodes.wrongUse;
}
