/** The limit of item collections, row by row, in a Stator where it is small. */
import { collectionBytesMax, collectionGroups, collectionTables } from "./index-collection-cases.ts";
import { indexedSuite } from "./indexed-suite.ts";
import { statorHarness } from "./harness.ts";

indexedSuite({
  open: () => statorHarness({ itemCollectionBytesMax: collectionBytesMax }),
  sections: [["item collections", collectionGroups]],
  tables: collectionTables,
});
