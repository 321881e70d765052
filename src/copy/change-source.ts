/** The way in which changes of a table are heard of, from what is kept about it. */
import { captureSource } from "./capture-source.ts";
import type { ChangeSource, ChangeSourceOptions } from "./change-source-types.ts";
import { streamSource } from "./stream-source.ts";

export function changeSource(options: ChangeSourceOptions): ChangeSource {
  return options.follow.kind === "capture" ? captureSource(options) : streamSource(options);
}
