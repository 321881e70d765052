/**
 * What UpdateTable does to the global and vector indexes of a table: a new one, one less, other throughput, and what follows from
 * another billing mode. The request and its targets have been checked.
 */
import type {
  OnDemandThroughput,
  ProvisionedThroughput,
  UpdateTableInput,
  WarmThroughput,
} from "../api/index.ts";
import type {
  BillingMode,
  GlobalIndex,
  KeyAttribute,
  TableChange,
  TableDescription,
} from "../catalog/index.ts";
import { type ChangeTime, delayMs } from "./change-time.ts";
import { type GlobalDefinition, newGlobalIndex, sortedDefinitions } from "./index-descriptions.ts";
import { refuseBusyIndexes, refuseBusyVectorIndexes } from "./index-states.ts";
import { definedAttributes, namesOf } from "./key-schema-rules.ts";
import { refuseWhileUpdating } from "./table-states.ts";
import { mergedLimits, throughputChange, withoutLimits } from "./throughput-change.ts";
import { firstOnDemandMember, mergedWarm, onDemandWarm, unitsOf } from "./throughput-rules.ts";
import { newVectorIndex, withVectorDeletion } from "./vector-index-descriptions.ts";
import { searchSchemaNames, type VectorIndexDefinition } from "./vector-index-rules.ts";

type IndexUpdates = NonNullable<UpdateTableInput["GlobalSecondaryIndexUpdates"]>;
type ThroughputUpdate = NonNullable<IndexUpdates[number]["Update"]>;

export interface IndexChanges {
  /** The table as it is stored. */
  readonly before: TableDescription;
  readonly input: UpdateTableInput;
  readonly time: ChangeTime;
}

/** `table`: what the other members of the request made of it. */
export function withIndexUpdates(
  table: TableDescription,
  { before, input, time }: IndexChanges,
): TableChange {
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  const vectorUpdates = input.VectorIndexUpdates ?? [];
  refuseBusyIndexes(before, updates);
  refuseBusyVectorIndexes(before, vectorUpdates);
  refuseWhileUpdating(before);
  const switched = table.billingMode !== before.billingMode;
  let next: TableChange = table;
  for (const { Create, Update, Delete } of updates) {
    if (Update !== undefined) {
      // The switch of the billing mode has set the units already.
      const { ProvisionedThroughput: _units, ...rest } = Update;
      next = withUpdatedIndex(next, switched ? rest : Update, time);
    }
    if (Delete !== undefined) next = withDeletion(next, Delete.IndexName, time);
    if (Create !== undefined) next = withCreation(next, Create, { input, time });
  }
  for (const { Create, Delete } of vectorUpdates) {
    if (Delete !== undefined) next = withVectorDeletion(updatingTable(next, time), Delete.IndexName);
    if (Create !== undefined) next = withVectorCreation(next, Create, { input, time });
  }
  return next;
}

/** The indexes in another billing mode: the new units show at once, the warm throughput when the switch is over. */
export function switchedIndexes(
  { globalIndexes }: TableDescription,
  mode: BillingMode,
  { input, time }: Pick<IndexChanges, "input" | "time">,
): Pick<TableDescription, "globalIndexes"> {
  if (globalIndexes === undefined) return {};
  const statusUntilMs = time.nowMs + delayMs("billingMode", time);
  const asked = new Map<string, ProvisionedThroughput | undefined>(
    (input.GlobalSecondaryIndexUpdates ?? []).flatMap(({ Update }) =>
      Update === undefined ? [] : [[Update.IndexName, Update.ProvisionedThroughput] as const],
    ),
  );
  const switched = (index: GlobalIndex): GlobalIndex => {
    const provisioned = mode === "PROVISIONED" ? asked.get(index.name) : undefined;
    const throughput = provisioned === undefined ? { readUnits: 0, writeUnits: 0 } : unitsOf(provisioned);
    const warm = provisioned === undefined ? onDemandWarm : throughput;
    return { ...withoutLimits(index), throughput, status: "UPDATING", statusUntilMs, pending: { warm } };
  };
  return { globalIndexes: globalIndexes.map(switched) };
}

/** The index shows at once; its table is UPDATING until there is room for it. */
function withCreation(
  table: TableChange,
  creation: GlobalDefinition,
  { input, time }: Pick<IndexChanges, "input" | "time">,
): TableChange {
  const defined = definitionsWith(table, input, namesOf(creation.KeySchema));
  const updating = updatingTable(table, time);
  const state = { status: "CREATING", backfill: { allocatedMs: updating.statusUntilMs } } as const;
  return {
    ...updating,
    attributeDefinitions: sortedDefinitions(defined.values()),
    newGlobalIndex: newGlobalIndex(creation, { defined, billingMode: table.billingMode, state }),
  };
}

function withVectorCreation(
  table: TableChange,
  creation: VectorIndexDefinition,
  { input, time }: Pick<IndexChanges, "input" | "time">,
): TableChange {
  const defined = definitionsWith(table, input, searchSchemaNames([creation]));
  const updating = updatingTable(table, time);
  const state = { status: "CREATING", backfill: { allocatedMs: updating.statusUntilMs } } as const;
  return {
    ...updating,
    attributeDefinitions: sortedDefinitions(defined.values()),
    newVectorIndex: newVectorIndex(creation, { defined, state }),
  };
}

/** Those of the table and of the request's what the new index uses. */
function definitionsWith(
  table: TableChange,
  input: UpdateTableInput,
  used: readonly string[],
): ReadonlyMap<string, KeyAttribute> {
  const asked = definedAttributes(input.AttributeDefinitions ?? []);
  const added = [...asked].filter(([name]) => used.includes(name));
  return new Map([...table.attributeDefinitions.map((one) => [one.name, one] as const), ...added]);
}

/** The index and its entries are gone when the table is ACTIVE again. */
function withDeletion(table: TableChange, indexName: string, time: ChangeTime): TableChange {
  const updating = updatingTable(table, time);
  const { statusUntilMs } = updating;
  return withIndex(updating, indexName, (index) => ({ ...index, status: "DELETING", statusUntilMs }));
}

/** A switch of the billing mode in the same request may take longer. */
function updatingTable(
  table: TableChange,
  time: ChangeTime,
): TableChange & { readonly statusUntilMs: number } {
  const untilMs = time.nowMs + delayMs("index", time);
  return {
    ...table,
    status: "UPDATING",
    statusUntilMs: Math.max(untilMs, table.statusUntilMs ?? untilMs),
    updating: "index",
  };
}

function withUpdatedIndex(table: TableChange, update: ThroughputUpdate, time: ChangeTime): TableChange {
  const {
    IndexName,
    ProvisionedThroughput: units,
    OnDemandThroughput: limits,
    WarmThroughput: warm,
  } = update;
  return withIndex(table, IndexName, (index) => {
    let next = index;
    if (units !== undefined) next = withUnits(next, units, time);
    if (limits !== undefined) next = withLimits(next, limits);
    if (warm !== undefined) next = withWarm(next, warm, time);
    return next;
  });
}

function withUnits(index: GlobalIndex, asked: ProvisionedThroughput, time: ChangeTime): GlobalIndex {
  const owner = `index ${index.name}`;
  const { shownHistory, pending } = throughputChange(index, asked, { nowMs: time.nowMs, owner });
  if (index.status === "CREATING") {
    // While it is being built it has no other status to show (unconfirmed), so the change takes effect at once.
    const { throughput, throughputHistory } = pending;
    return { ...index, throughput, throughputHistory };
  }
  return {
    ...index,
    throughputHistory: shownHistory,
    status: "UPDATING",
    statusUntilMs: time.nowMs + delayMs("throughput", time),
    pending,
  };
}

/** At once, as those of a table; that -1 does not show in the answer is unconfirmed. */
function withLimits(index: GlobalIndex, asked: OnDemandThroughput): GlobalIndex {
  if (firstOnDemandMember(asked) === undefined) return index;
  return { ...withoutLimits(index), ...mergedLimits(index, asked).stored };
}

/** Rises in the background, as that of a table. */
function withWarm(index: GlobalIndex, asked: WarmThroughput, { nowMs, delays }: ChangeTime): GlobalIndex {
  const current = { readUnits: index.warmReadUnits, writeUnits: index.warmWriteUnits };
  return {
    ...index,
    pendingWarm: mergedWarm(asked, index.pendingWarm ?? current),
    warmStatusUntilMs: nowMs + (delays.warmMs ?? delays.updateMs),
  };
}

function withIndex(
  table: TableChange,
  indexName: string,
  change: (index: GlobalIndex) => GlobalIndex,
): TableChange {
  const globalIndexes = (table.globalIndexes ?? []).map((index) =>
    index.name === indexName ? change(index) : index,
  );
  return { ...table, globalIndexes };
}
