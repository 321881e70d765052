// Several processes with one store on a real server: engines with sessions of their own.
import {
  describePostgres,
  severalEnginesContract,
  sharedPostgresPlace,
  twoPostgresEngines,
} from "../../testing/index.ts";

describePostgres("several engines on a real server", (programs) => {
  severalEnginesContract(twoPostgresEngines("postgres", { place: () => sharedPostgresPlace(programs) }));
});
