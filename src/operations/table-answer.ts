/** DynamoDB's TableDescription of a table, as each operation answers it. */
import { decreasesOn } from "./decrease-budget.ts";
import type { TableCounts, TableDescription } from "../catalog/index.ts";

type Members = Readonly<Record<string, unknown>>;

/** What the answer needs beside the description. */
export interface AnswerFacts extends TableCounts {
  readonly nowMs: number;
}

/** For DescribeTable and UpdateTable. Members that say nothing (default class, no limits) are left out. */
export function tableAnswer(table: TableDescription, facts: AnswerFacts): Members {
  return {
    ...schemaAnswer(table),
    ...stateAnswer(table, facts),
    ...settingsAnswer(table),
    WarmThroughput: warmAnswer(table),
  };
}

/**
 * For CreateTable: WarmThroughput only when it was asked for; DescribeTable shows it later in any case
 * (measured on the service in October 2026).
 */
export function createdTableAnswer(
  table: TableDescription,
  { nowMs, warmAsked }: { readonly nowMs: number; readonly warmAsked: boolean },
): Members {
  return {
    ...schemaAnswer(table),
    ...stateAnswer(table, { nowMs, items: 0, bytes: 0 }),
    ...settingsAnswer(table),
    ...(warmAsked ? { WarmThroughput: warmAnswer(table) } : {}),
  };
}

/** For DeleteTable, which no longer tells key schema, attribute definitions and creation time (API samples). */
export function deletedTableAnswer(table: TableDescription, facts: AnswerFacts): Members {
  return { ...stateAnswer(table, facts), ...settingsAnswer(table) };
}

function schemaAnswer({
  attributeDefinitions,
  keySchema: { hash, range },
  createdMs,
}: TableDescription): Members {
  const first = { AttributeName: hash.name, KeyType: "HASH" };
  return {
    AttributeDefinitions: attributeDefinitions.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: range === undefined ? [first] : [first, { AttributeName: range.name, KeyType: "RANGE" }],
    CreationDateTime: seconds(createdMs),
  };
}

function stateAnswer(table: TableDescription, facts: AnswerFacts): Members {
  return {
    TableName: table.name,
    TableStatus: table.status,
    ProvisionedThroughput: throughputAnswer(table, facts.nowMs),
    TableSizeBytes: facts.bytes,
    ItemCount: facts.items,
    TableArn: table.arn,
    TableId: table.tableId,
  };
}

function settingsAnswer(table: TableDescription): Members {
  return {
    ...billingAnswer(table),
    ...tableClassAnswer(table),
    DeletionProtectionEnabled: table.deletionProtection,
    ...onDemandAnswer(table),
  };
}

/** On-demand tables show 0 and 0. */
function throughputAnswer({ throughput, throughputHistory }: TableDescription, nowMs: number): Members {
  const { lastIncreaseMs, lastDecreaseMs } = throughputHistory;
  return {
    ...(lastIncreaseMs === undefined ? {} : { LastIncreaseDateTime: seconds(lastIncreaseMs) }),
    ...(lastDecreaseMs === undefined ? {} : { LastDecreaseDateTime: seconds(lastDecreaseMs) }),
    NumberOfDecreasesToday: decreasesOn(throughputHistory, nowMs),
    ReadCapacityUnits: throughput.readUnits,
    WriteCapacityUnits: throughput.writeUnits,
  };
}

/** Shown when the table is on-demand or ever was; the time is there once the switch is complete. */
function billingAnswer({ billingMode, lastOnDemandMs }: TableDescription): Members {
  if (lastOnDemandMs === undefined && billingMode === "PROVISIONED") return {};
  const last =
    lastOnDemandMs === undefined ? {} : { LastUpdateToPayPerRequestDateTime: seconds(lastOnDemandMs) };
  return { BillingModeSummary: { BillingMode: billingMode, ...last } };
}

/** A class that was never chosen is the standard one and is not shown. */
function tableClassAnswer({ tableClass, tableClassChangedMs }: TableDescription): Members {
  if (tableClass === undefined) return {};
  const lastMs = tableClassChangedMs?.at(-1);
  const last = lastMs === undefined ? {} : { LastUpdateDateTime: seconds(lastMs) };
  return { TableClassSummary: { TableClass: tableClass, ...last } };
}

/** Limits that are not set are left out. */
function onDemandAnswer({
  onDemandMaxReadUnits: reads,
  onDemandMaxWriteUnits: writes,
}: TableDescription): Members {
  if (reads === undefined && writes === undefined) return {};
  return {
    OnDemandThroughput: {
      ...(reads === undefined ? {} : { MaxReadRequestUnits: reads }),
      ...(writes === undefined ? {} : { MaxWriteRequestUnits: writes }),
    },
  };
}

/** While a table is being made its warm throughput is, too. */
function warmAnswer(table: TableDescription): Members {
  const warming = table.status === "CREATING" || table.warmStatusUntilMs !== undefined;
  return {
    ReadUnitsPerSecond: table.warmReadUnits,
    WriteUnitsPerSecond: table.warmWriteUnits,
    Status: warming ? "UPDATING" : "ACTIVE",
  };
}

/** Seconds since the epoch, with milliseconds as a fraction. */
function seconds(ms: number): number {
  return ms / 1000;
}
