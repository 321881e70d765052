// The storage contract on a real server.
import {
  describePostgres,
  postgresSubject,
  sharedPostgresPlace,
  storageContract,
} from "../../testing/index.ts";

describePostgres("the contract on a real server", (programs) => {
  storageContract(postgresSubject("postgres", { place: () => sharedPostgresPlace(programs) }));
});
