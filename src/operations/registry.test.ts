// The registry holds exactly the operations that the support table calls built.
import { expect, test } from "vitest";
import { isBuilt, operationSpecs, type ServiceName } from "../api/index.ts";
import { handlers } from "./index.ts";

test.each<ServiceName>(["DynamoDB", "DynamoDBStreams", "Stator"])("%s: built means registered", (service) => {
  const built = operationSpecs(service)
    .map(({ name }) => name)
    .filter((name) => isBuilt(service, name));
  expect([...(handlers.get(service)?.keys() ?? [])].sort()).toEqual(built.sort());
});
