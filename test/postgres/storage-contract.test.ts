// The storage contract on PGlite, without closing and crashing before each behaviour: on a server it runs with those too.
import { postgresSubject, sharedPglitePlace, storageContract } from "../../src/testing/index.ts";

storageContract(postgresSubject("PGlite", { place: sharedPglitePlace, traits: ["open"] }));
