/** DynamoDB's TableDescription of a table. */
import type { TableCounts, TableDescription } from "../catalog/index.ts";

/** Seconds since the epoch, with milliseconds as a fraction. */
function seconds(ms: number): number {
  return ms / 1000;
}

/** JSON of TableDescription. Members that say nothing (never on-demand, default class) are left out. */
export function tableAnswer(table: TableDescription, counts: TableCounts): Readonly<Record<string, unknown>> {
  return {
    AttributeDefinitions: table.attributeDefinitions.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    TableName: table.name,
    KeySchema: keySchemaAnswer(table),
    TableStatus: table.status,
    CreationDateTime: seconds(table.createdMs),
    ProvisionedThroughput: throughputAnswer(table),
    TableSizeBytes: counts.bytes,
    ItemCount: counts.items,
    TableArn: table.arn,
    TableId: table.tableId,
    ...billingAnswer(table),
    ...(table.tableClass === undefined ? {} : { TableClassSummary: tableClassAnswer(table) }),
    DeletionProtectionEnabled: table.deletionProtection,
    ...onDemandAnswer(table),
    WarmThroughput: {
      ReadUnitsPerSecond: table.warmReadUnits,
      WriteUnitsPerSecond: table.warmWriteUnits,
      Status: "ACTIVE",
    },
  };
}

function keySchemaAnswer({ keySchema: { hash, range } }: TableDescription): readonly unknown[] {
  const first = { AttributeName: hash.name, KeyType: "HASH" };
  return range === undefined ? [first] : [first, { AttributeName: range.name, KeyType: "RANGE" }];
}

function throughputAnswer({
  throughput,
  throughputHistory,
}: TableDescription): Readonly<Record<string, unknown>> {
  const { lastIncreaseMs, lastDecreaseMs, decreasesToday } = throughputHistory;
  return {
    ...(lastIncreaseMs === undefined ? {} : { LastIncreaseDateTime: seconds(lastIncreaseMs) }),
    ...(lastDecreaseMs === undefined ? {} : { LastDecreaseDateTime: seconds(lastDecreaseMs) }),
    NumberOfDecreasesToday: decreasesToday,
    ReadCapacityUnits: throughput.readUnits,
    WriteCapacityUnits: throughput.writeUnits,
  };
}

function billingAnswer(table: TableDescription): Readonly<Record<string, unknown>> {
  if (table.lastOnDemandMs === undefined) return {};
  return {
    BillingModeSummary: {
      BillingMode: table.billingMode,
      LastUpdateToPayPerRequestDateTime: seconds(table.lastOnDemandMs),
    },
  };
}

function tableClassAnswer({
  tableClass,
  tableClassChangedMs,
}: TableDescription): Readonly<Record<string, unknown>> {
  const lastMs = tableClassChangedMs?.at(-1);
  return { TableClass: tableClass, ...(lastMs === undefined ? {} : { LastUpdateDateTime: seconds(lastMs) }) };
}

function onDemandAnswer(table: TableDescription): Readonly<Record<string, unknown>> {
  const { onDemandMaxReadUnits: reads, onDemandMaxWriteUnits: writes } = table;
  if (reads === undefined && writes === undefined) return {};
  return {
    OnDemandThroughput: { MaxReadRequestUnits: reads ?? -1, MaxWriteRequestUnits: writes ?? -1 },
  };
}
