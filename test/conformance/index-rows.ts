/** Everything the rows of this folder say of tables with secondary indexes, but for their numbers. */
import { manyKeysGroups } from "./index-many-keys-cases.ts";
import { indexReadGroups } from "./index-read-cases.ts";
import { indexWriteGroups } from "./index-write-cases.ts";
import type { IndexedSuite } from "./indexed-suite.ts";

export const indexRows: IndexedSuite["sections"] = [
  ["writes", indexWriteGroups],
  ["reads", indexReadGroups],
  ["keys of several attributes", manyKeysGroups],
];
