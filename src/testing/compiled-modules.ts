/**
 * Threads and processes that run the sources compile them first, which takes longer than most tests: kept from one to
 * the next, it takes a fifth of the time. Node looks for what it keeps by content, so nothing here gets old.
 */
import { join } from "node:path";

/** For all threads and processes this thread starts from now on; gives back where they are kept. */
export function keepCompiledModules(): string {
  const folder = join(import.meta.dirname, "../../node_modules/.cache/stator-test-modules");
  process.env["NODE_COMPILE_CACHE"] ??= folder;
  return process.env["NODE_COMPILE_CACHE"];
}
