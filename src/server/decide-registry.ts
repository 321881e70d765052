/** All kinds of mutations, for whoever opens the store's writer. */
import { catalogDecides } from "../catalog/index.ts";
import { mutationDecides } from "../mutations/index.ts";
import { changesDecides } from "../changes/index.ts";
import { indexDecides, indexOutputs } from "../indexes/index.ts";
import type { DecideRegistry } from "../storage/contract/index.ts";

export const decideRegistry: DecideRegistry = new Map([
  ...catalogDecides,
  ...mutationDecides,
  ...indexDecides,
  ...changesDecides(indexOutputs),
]);
