/** The step from one slice of a long request to the next. */
import { serviceUnavailable } from "../api/index.ts";
import type { PacedWork } from "../base/index.ts";

/** Throws ServiceUnavailable when too much is waiting; only a request that has not had its first turn can meet that. */
export async function nextSlice(work: PacedWork): Promise<void> {
  if ((await work.turn()) === "refused") throw serviceUnavailable();
}
