/** All tables of shapes as one: structures by name, operations by service. */
import { backupsOperations, backupsStructures } from "./backups.ts";
import { capturesOperations, capturesStructures } from "./captures.ts";
import { globalTablesOperations, globalTablesStructures } from "./global-tables.ts";
import { itemsOperations, itemsStructures } from "./items.ts";
import type { Members, Operations } from "./model.ts";
import { monitoringOperations, monitoringStructures } from "./monitoring.ts";
import { partiqlOperations, partiqlStructures } from "./partiql.ts";
import { policiesOperations, policiesStructures } from "./policies.ts";
import { streamsOperations, streamsStructures } from "./streams.ts";
import { tablesOperations, tablesStructures } from "./tables.ts";
import { transferOperations, transferStructures } from "./transfer.ts";

/** As in the target prefix of a request, without the version. */
export type ServiceName = "DynamoDB" | "DynamoDBStreams" | "Stator";

const operations: Readonly<Record<ServiceName, Operations>> = {
  DynamoDB: {
    ...itemsOperations,
    ...tablesOperations,
    ...partiqlOperations,
    ...backupsOperations,
    ...transferOperations,
    ...globalTablesOperations,
    ...monitoringOperations,
    ...policiesOperations,
  },
  DynamoDBStreams: streamsOperations,
  Stator: capturesOperations,
};

const structuresByName: ReadonlyMap<string, Members> = new Map(
  [
    itemsStructures,
    tablesStructures,
    partiqlStructures,
    backupsStructures,
    transferStructures,
    globalTablesStructures,
    monitoringStructures,
    policiesStructures,
    streamsStructures,
    capturesStructures,
  ].flatMap((structures) => Object.entries(structures)),
);

export function operationsOf(service: ServiceName): Operations {
  return operations[service];
}

export function structureMembers(name: string): Members | undefined {
  return structuresByName.get(name);
}

/** Every structure, sorted by name. */
export function allStructures(): readonly (readonly [name: string, members: Members])[] {
  return [...structuresByName].toSorted((a, b) => (a[0] < b[0] ? -1 : 1));
}
