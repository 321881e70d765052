/** Decide functions of this room: the backfill's mutation, and the output of index consumers. */
import type { OutputDecide } from "../changes/index.ts";
import type { DecideRegistry } from "../storage/contract/index.ts";
import { backfillKind, decideBackfill } from "./backfill.ts";
import { decideIndexOutput, type IndexOutput, indexOutputKind } from "./index-output.ts";

const applyIndexOutput: OutputDecide = (args, present) => decideIndexOutput(args as IndexOutput, present);

/** Handed to the framework of consumers. */
export const indexOutputs: ReadonlyMap<string, OutputDecide> = new Map([[indexOutputKind, applyIndexOutput]]);

/** Handed to the engine when it is opened. */
export const indexDecides: DecideRegistry = new Map([[backfillKind, decideBackfill]]);
