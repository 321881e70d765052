/** An operation's input shape compiled to two closures: binding, then constraints. */
import type { Members } from "../shapes/model.ts";
import type { Binding } from "./binding.ts";
import { type Check, membersCheck } from "./checks.ts";
import { membersReader } from "./readers.ts";

export interface InputDecoder {
  readonly bind: (json: object, binding: Binding) => unknown;
  /** Absent when nothing about the input can be violated. */
  readonly check: Check | undefined;
}

export function compileInput(operation: string, members: Members): InputDecoder {
  return { bind: membersReader(members), check: membersCheck(operation, members) };
}
