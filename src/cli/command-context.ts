/** What a command may touch of the process around it; tests give their own. */

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  write(text: string): void;
  writeError(text: string): void;
  /** The next signal from now on that asks the command to stop or to reload. */
  nextSignal(): Promise<StopSignal>;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Whether a person sees the lines of writeError as they come; absent: no. */
  readonly isTerminal?: boolean;
  /** Milliseconds since the process began. */
  processAgeMs(): number;
}

const signals: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

export function processContext(): CommandContext {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedReader);
  return {
    environment: process.env,
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    nextSignal: () =>
      new Promise((resolve) => {
        const listeners = signals.map((signal) => {
          const listener = (): void => {
            for (const [name, each] of listeners) process.removeListener(name, each);
            resolve(signal);
          };
          process.on(signal, listener);
          return [signal, listener] as const;
        });
      }),
    exit: (code) => process.exit(code),
    isTerminal: process.stderr.isTTY,
    processAgeMs: () => process.uptime() * 1000,
  };
}

/** Who reads only the first lines, as `head` does, must not end the work. */
function ignoreClosedReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
