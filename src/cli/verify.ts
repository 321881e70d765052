/** `stator verify`: looks for contradictions in data that no server uses, and says what it found. */
import { verifyData } from "../server/index.ts";
import type { CommandContext } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";
import type { OptionValues } from "./option-values.ts";
import { readStorage } from "./storage-option.ts";

/** Resolves with the exit code. */
export async function verify(values: OptionValues, context: CommandContext): Promise<number> {
  const data = await readStorage(values, context.environment);
  const fail = (message: string, code: number): number => {
    context.writeError(`stator: ${message}\n`);
    return code;
  };
  if (data.kind === "usage") return fail(data.message, exitCodes.wrongUse);
  if (data.kind !== "directory" && data.kind !== "postgres") {
    return fail("verify needs a folder or a store", exitCodes.wrongUse);
  }
  const name = data.kind === "directory" ? data.path : data.store.name;
  const outcome = await verifyData(data);
  switch (outcome.kind) {
    case "refused":
      return fail(outcome.message, exitCodes.failed);
    case "unsound": {
      const { problems } = outcome;
      for (const problem of problems) context.write(`${problem}\n`);
      context.write(`${name}: ${counted(problems.length, "problem")}\n`);
      return exitCodes.failed;
    }
    case "sound": {
      const { tables, items } = outcome;
      context.write(`${name}: no problems in ${counted(tables, "table")} with ${counted(items, "item")}\n`);
      return exitCodes.done;
    }
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
