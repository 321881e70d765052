/**
 * Servers never outlive the tests that started them, however these end. A small shell waits at the end of a pipe that
 * only the test process (or its worker thread) holds: when the pipe breaks, it ends the server and removes its folder.
 */
import { spawn } from "node:child_process";
import { until } from "./until.ts";

export interface Guardian {
  /** The server to end, by its process id; undefined while none runs. */
  watch(pid: number | undefined): void;
  /** Nothing is left to look after; resolves when the guardian has gone. */
  release(): Promise<void>;
}

/**
 * Tells PostgreSQL to end at once, which it also tells its children; ten seconds later it is killed. In a container
 * without an init process the ended server stays in the list of processes, as a zombie.
 */
const program = `
pid=0
runs() { kill -0 "$pid" && ! grep -q "^State:.Z" "/proc/$pid/status"; }
while read -r word; do
  case $word in released) exit 0 ;; *) pid=$word ;; esac
done
if [ "$pid" != 0 ]; then
  kill -QUIT "$pid"
  tries=0
  while runs && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL "$pid"
fi
rm -rf "$1"
`;

const releaseMsMax = 10_000;

export function startGuardian(folder: string): Guardian {
  const shell = spawn("/bin/sh", ["-c", program, "guardian", folder], {
    // A session of its own: an interrupt typed at the terminal is for the tests.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.unref();
  let isGone = false;
  const gone = (): void => {
    isGone = true;
  };
  shell.once("exit", gone);
  // Without a guardian nothing is guarded, and nothing else changes: an error here is no failure of a test.
  shell.once("error", gone);
  shell.stdin.on("error", () => undefined);
  return {
    watch: (pid) => {
      shell.stdin.write(`${pid ?? 0}\n`);
    },
    release: async () => {
      shell.stdin.end("released\n");
      await until("the guardian has gone", releaseMsMax, () => isGone);
    },
  };
}
