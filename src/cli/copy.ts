/** `stator copy`: copies tables between folders, servers and endpoints of DynamoDB, and says whether both are equal. */
import { systemClock } from "../base/index.ts";
import {
  createProgress,
  type End,
  type FollowWishes,
  readEndAddress,
  runCopy,
  waivableMembers,
} from "../copy/index.ts";
import type { CommandContext } from "./command-context.ts";
import { openEnd } from "./copy-ends.ts";
import { reportEnd } from "./copy-report.ts";
import { signalWishes, type SignalWishes } from "./copy-signals.ts";
import { exitCodes } from "./exit-codes.ts";
import { type OptionValues, usage, type UsageIssue } from "./option-values.ts";

/** Resolves with the exit code. */
export async function copy(values: OptionValues, context: CommandContext): Promise<number> {
  const wrong = (values.lists.get("without") ?? []).find((member) => !waivableMembers.includes(member));
  if (wrong !== undefined) {
    return refuse(usage(`--without: '${wrong}' is none of ${waivableMembers.join(", ")}`), context);
  }
  const misplaced = misplacedFollow(values);
  if (misplaced !== undefined) return refuse(usage(misplaced), context);
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

/** A folder belongs to the copy as long as that runs, so nothing can change in it. */
function misplacedFollow({ flags, given, texts }: OptionValues): string | undefined {
  if (!flags.has("follow")) return given.has("until-idle") ? "--until-idle needs --follow" : undefined;
  const from = texts.get("from") ?? "";
  if (from === "" || readEndAddress(from).kind !== "folder") return undefined;
  return `--follow is of no use with --from ${from}: nobody else can write there while the copy has it`;
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
  const say = (line: string): void => {
    showing?.clear();
    context.write(`${line}\n`);
  };
  const wishes = signalWishes(context, say);
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
    ...(flags.has("follow") ? { follow: followWishes(numbers, wishes, say) } : {}),
    signal: wishes.stop,
    progress,
    say,
  });
  showing?.end();
  return reportEnd(outcome, { dryRun: flags.has("dry-run"), sync: flags.has("sync") }, context);
}

function followWishes(
  numbers: OptionValues["numbers"],
  wishes: SignalWishes,
  say: (line: string) => void,
): FollowWishes {
  const seconds = numbers.get("until-idle");
  return {
    finish: wishes.finish,
    untilIdleMs: seconds === undefined ? undefined : seconds * 1000,
    onFollowing() {
      wishes.finishFirst();
      const end =
        seconds === undefined ? "until Ctrl-C or SIGTERM" : `until no change has come for ${seconds} s`;
      say(`following ${end}; then what is left is applied`);
    },
  };
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
