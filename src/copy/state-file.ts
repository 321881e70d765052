/**
 * The file of a copy's state. Each save writes a new file beside it, syncs it and renames it, so that whoever dies at any
 * moment leaves the old state or the new one. Saves that come while one is running become one.
 */
import { open, readFile, rename } from "node:fs/promises";
import { CopyFailure } from "./copy-failure.ts";
import { type CopyState, readState, stateText } from "./copy-state.ts";

export interface StateKeeper {
  /** Resolves when the state as it is now, or a later one, is on disk. */
  save(): Promise<void>;
}

/** Undefined when there is no such file. */
export async function loadState(path: string): Promise<CopyState | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CopyFailure(`the state file ${path} cannot be read: ${textOf(error)}`);
  }
  const state = readState(text);
  if (state === undefined) throw new CopyFailure(`${path} is not the state of a copy`);
  return state;
}

export function stateFile(path: string, state: CopyState): StateKeeper {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    running = write(path, state).finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    save() {
      if (next !== undefined) return next;
      if (running === undefined) return begin();
      // What is being written was taken before this change.
      next = running.then(begin, begin);
      return next;
    },
  };
}

async function write(path: string, state: CopyState): Promise<void> {
  const newPath = `${path}.new`;
  try {
    const file = await open(newPath, "w", ownerOnly);
    try {
      await file.writeFile(stateText(state));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(newPath, path);
  } catch (error: unknown) {
    throw new CopyFailure(`the state file ${path} cannot be written: ${textOf(error)}`);
  }
}

/** Keys of items may be nobody else's business. */
const ownerOnly = 0o600;

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
