// Several processes with one store on PGlite: engines with sessions of their own.
import { severalEnginesContract, sharedPglitePlace, twoPostgresEngines } from "../../src/testing/index.ts";

severalEnginesContract(twoPostgresEngines("PGlite", { place: sharedPglitePlace }));
