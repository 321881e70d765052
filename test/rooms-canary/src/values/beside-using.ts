// Planted mistake for scripts/check-rooms.ts: values may not import wire, in a file with a `using` declaration
// (which the checker's parser does not know by itself) whose initializer imports too.
import { wire } from "../wire/index.ts";

export async function copied(): Promise<string> {
  await using lazily = await import("../wire/wire-lazily.ts");
  return wire + String(lazily);
}
