/** DynamoDB's TableDescription of a table, as each operation answers it. */
import type { TableCounts, TableDescription } from "../catalog/index.ts";
import { indexesAnswer } from "./index-answer.ts";
import { type Members, onDemandAnswer, seconds, throughputAnswer, warmAnswer } from "./throughput-answer.ts";

/** What the answer needs beside the description. */
export interface AnswerFacts extends StateFacts {
  /** By keyspace of the index. */
  readonly indexes: ReadonlyMap<number, TableCounts>;
}

interface StateFacts extends TableCounts {
  readonly nowMs: number;
}

/** For DescribeTable and UpdateTable. Members that say nothing (default class, no limits) are left out. */
export function tableAnswer(table: TableDescription, facts: AnswerFacts): Members {
  return {
    ...schemaAnswer(table),
    ...stateAnswer(table, facts),
    ...indexesAnswer(table, { ...facts, showsWarm: () => true }),
    ...settingsAnswer(table),
    WarmThroughput: warmAnswer(table),
  };
}

export interface CreationFacts {
  readonly nowMs: number;
  /** Whether the request asked for warm throughput. */
  readonly warmAsked: boolean;
  /** Global indexes for which it did. */
  readonly warmIndexes: ReadonlySet<string>;
}

/**
 * For CreateTable: WarmThroughput only when it was asked for; DescribeTable shows it later in any case
 * (measured on the service in October 2026). That indexes do the same is unconfirmed.
 */
export function createdTableAnswer(
  table: TableDescription,
  { nowMs, warmAsked, warmIndexes }: CreationFacts,
): Members {
  const showsWarm = (indexName: string): boolean => warmIndexes.has(indexName);
  return {
    ...schemaAnswer(table),
    ...stateAnswer(table, { nowMs, items: 0, bytes: 0 }),
    ...indexesAnswer(table, { nowMs, indexes: new Map(), showsWarm }),
    ...settingsAnswer(table),
    ...(warmAsked ? { WarmThroughput: warmAnswer(table) } : {}),
  };
}

/**
 * For DeleteTable, which no longer tells key schema, attribute definitions and creation time (API samples), and nothing
 * of indexes.
 */
export function deletedTableAnswer(table: TableDescription, facts: StateFacts): Members {
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

function stateAnswer(table: TableDescription, facts: StateFacts): Members {
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
