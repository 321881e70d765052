/** `stator copy`: copies tables between folders, servers and endpoints of DynamoDB, and says whether both are equal. */
import { systemClock } from "../base/index.ts";
import { CopyStopped, createProgress, type End, runCopy, waivableMembers } from "../copy/index.ts";
import type { CommandContext } from "./command-context.ts";
import { openEnd } from "./copy-ends.ts";
import { reportEnd } from "./copy-report.ts";
import { exitCodes } from "./exit-codes.ts";
import { type OptionValues, usage, type UsageIssue } from "./option-values.ts";

/** Resolves with the exit code. */
export async function copy(values: OptionValues, context: CommandContext): Promise<number> {
  const wrong = (values.lists.get("without") ?? []).find((member) => !waivableMembers.includes(member));
  if (wrong !== undefined) {
    return refuse(usage(`--without: '${wrong}' is none of ${waivableMembers.join(", ")}`), context);
  }
  const release = stayAlive();
  const opened: End[] = [];
  try {
    for (const role of ["from", "to"] as const) {
      const outcome = await openEnd({ role, values, environment: context.environment });
      if (outcome.kind === "usage") return refuse(outcome, context);
      opened.push(outcome.end);
    }
    const [from, to] = opened;
    if (from === undefined || to === undefined) return exitCodes.failed;
    return await copyBetween({ from, to }, values, context);
  } catch (error: unknown) {
    if (!(error instanceof Error) || error.name !== "StorageError") throw error;
    context.writeError(`stator: ${error.message}\n`);
    return exitCodes.failed;
  } finally {
    for (const end of opened) await end.close();
    release();
  }
}

function refuse({ message }: UsageIssue, context: CommandContext): number {
  context.writeError(`stator: ${message}\n`);
  return exitCodes.wrongUse;
}

async function copyBetween(
  ends: { readonly from: End; readonly to: End },
  { flags, texts, numbers, lists }: OptionValues,
  context: CommandContext,
): Promise<number> {
  const progress = createProgress();
  const quiet = flags.has("quiet");
  const showing = quiet ? undefined : showProgress(() => progress.line(), context);
  const stopping = new AbortController();
  stopOnSignal(stopping, context);
  const writeUnitsPerSecond = numbers.get("rate-wcu");
  const outcome = await runCopy({
    ...ends,
    tables: lists.get("table") ?? [],
    stateFile: texts.get("state") ?? "",
    intoExisting: flags.has("into-existing"),
    sync: flags.has("sync"),
    dryRun: flags.has("dry-run"),
    compare: !flags.has("no-compare"),
    workersMax: numbers.get("concurrency") ?? 1,
    ...(writeUnitsPerSecond === undefined ? {} : { writeUnitsPerSecond }),
    without: lists.get("without") ?? [],
    signal: stopping.signal,
    progress,
    say(line) {
      showing?.clear();
      context.write(`${line}\n`);
    },
  });
  showing?.end();
  return reportEnd(outcome, { dryRun: flags.has("dry-run"), sync: flags.has("sync") }, context);
}

/** The first signal ends the copy at its next step, the second at once. */
function stopOnSignal(stopping: AbortController, context: CommandContext): void {
  void context.nextSignal().then(() => {
    void context.nextSignal().then(() => context.exit(exitCodes.interrupted));
    stopping.abort(new CopyStopped("asked to stop"));
  });
}

interface ShownProgress {
  /** Before another line is written. */
  clear(): void;
  end(): void;
}

const terminalIntervalMs = 1000;
const plainIntervalMs = 10_000;
/** Back to the beginning of the line, which is then empty. */
const emptyLine = "\r\u001B[K";

/** On a terminal one line that changes; elsewhere a line now and then. */
function showProgress(line: () => string, context: CommandContext): ShownProgress {
  const isTerminal = context.isTerminal ?? false;
  const clock = systemClock();
  let cancel = (): void => undefined;
  const clear = (): void => {
    if (isTerminal) context.writeError(emptyLine);
  };
  const next = (): void => {
    cancel = clock.schedule(isTerminal ? terminalIntervalMs : plainIntervalMs, () => {
      context.writeError(isTerminal ? `${emptyLine}${line()}` : `${line()}\n`);
      next();
    });
  };
  next();
  return {
    clear,
    end() {
      cancel();
      clear();
    },
  };
}

/** Nothing here keeps a process alive that waits for the clock alone, as a copy does between two attempts. */
function stayAlive(): () => void {
  const { port1 } = new MessageChannel();
  port1.ref();
  return () => port1.close();
}
