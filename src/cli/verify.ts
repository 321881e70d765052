/** `stator verify`: looks for contradictions in data that no server uses, and says what it found. */
import { verifyData } from "../server/index.ts";
import type { CommandContext } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";
import type { OptionValues } from "./option-values.ts";

/** Resolves with the exit code. */
export async function verify({ texts }: OptionValues, context: CommandContext): Promise<number> {
  const path = texts.get("data") ?? "";
  const outcome = await verifyData(path);
  switch (outcome.kind) {
    case "refused":
      context.writeError(`stator: ${outcome.message}\n`);
      return exitCodes.failed;
    case "unsound": {
      const { problems } = outcome;
      for (const problem of problems) context.write(`${problem}\n`);
      context.write(`${path}: ${counted(problems.length, "problem")}\n`);
      return exitCodes.failed;
    }
    case "sound": {
      const { tables, items } = outcome;
      context.write(`${path}: no problems in ${counted(tables, "table")} with ${counted(items, "item")}\n`);
      return exitCodes.done;
    }
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
