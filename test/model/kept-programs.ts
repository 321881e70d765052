/** Programs that failed once, as small as they could be made: each names the rule it keeps. */
import type { IndexProgram } from "./index-steps.ts";

export interface KeptProgram {
  readonly about: string;
  readonly program: IndexProgram;
}

export const keptPrograms: readonly KeptProgram[] = [];
