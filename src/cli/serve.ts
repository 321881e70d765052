/** `stator serve`: starts the server, prints how to reach it, and waits for a signal to stop. */
import { monotonicMs } from "../base/index.ts";
import { startServer, type RunningServer } from "../server/index.ts";
import type { CommandContext, StopSignal } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";
import { letHeapsGrow } from "./heap-growth.ts";
import { localBanner } from "./local-flags.ts";
import type { OptionValues } from "./option-values.ts";
import { toServerSettings } from "./server-settings.ts";
import { startBanner } from "./start-banner.ts";
import { packageVersion } from "./version.ts";

export interface ServeRequest {
  readonly values: OptionValues;
  /** Flags of DynamoDB Local, when the command was written with them. */
  readonly localFlags: ReadonlyMap<string, string> | undefined;
}

/** Resolves with the exit code once the server has stopped. */
export async function serve({ values, localFlags }: ServeRequest, context: CommandContext): Promise<number> {
  letHeapsGrow();
  const startMs = monotonicMs() - context.processAgeMs();
  const fail = (message: string, code: number): number => {
    context.writeError(`stator: ${message}\n`);
    return code;
  };
  const onNote = (line: string): void => context.writeError(`stator: ${line}\n`);
  const settings = await toServerSettings(values, context.environment, onNote);
  if (settings.kind === "usage") return fail(settings.message, exitCodes.wrongUse);
  // Asked for before anybody can find the server there: a signal that nobody waits for ends the process at once.
  const firstSignal = context.nextSignal();
  const outcome = await startServer(settings.settings);
  if (outcome.kind === "refused") return fail(outcome.message, exitCodes.failed);
  const { server } = outcome;
  const version = packageVersion();
  if (localFlags !== undefined) context.write(`${localBanner(localFlags, version).join("\n")}\n`);
  const facts = { version, endpoint: server.endpoint, startMs: monotonicMs() - startMs };
  context.write(startBanner(settings.settings, facts));
  return stopOnSignal(server, context, firstSignal);
}

/**
 * The first signal stops in good order, the second at once. A hang-up reads the certificate again. A server that had
 * to stop by itself says why.
 */
async function stopOnSignal(
  server: RunningServer,
  context: CommandContext,
  firstSignal: Promise<StopSignal>,
): Promise<number> {
  const failed = server.failed.then((message) => ({ message }));
  let signal = firstSignal;
  for (;;) {
    const event = await Promise.race([signal, failed]);
    if (typeof event === "object") {
      context.writeError(`stator: ${event.message}\n`);
      return exitCodes.failed;
    }
    // Before anything is waited for, for the same reason.
    signal = context.nextSignal();
    if (event !== "SIGHUP" || !server.hasTls) break;
    await server.reloadTls();
  }
  void signal.then(() => {
    context.exit(exitCodes.interrupted);
  });
  await server.close();
  return exitCodes.done;
}
