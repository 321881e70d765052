/** Door of the command line. The executable itself is main.ts. */
export { type CommandContext, processContext, type StopSignal } from "./command-context.ts";
export { runCommand } from "./run-command.ts";
