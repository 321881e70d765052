// An engine whose mutations another one of its process makes, as routers have it: what it owes its users is the same.
import {
  remotelyWritingPostgres,
  severalEnginesContract,
  sharedPglitePlace,
  storageContract,
  twoThreadsOfPostgres,
} from "../../src/testing/index.ts";

const place = sharedPglitePlace;

storageContract(remotelyWritingPostgres("PGlite", { place, traits: ["open"] }));
severalEnginesContract(twoThreadsOfPostgres("PGlite", { place }));
