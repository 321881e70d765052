/** Writes generated statements as the requests of the API's own operations: every name and value is a placeholder's. */
import { record } from "./statement-generator.ts";
import {
  type Action,
  type Condition,
  type Exists,
  type Operand,
  type Path,
  type Select,
  type Sort,
  targetKeys,
  type UpdateValue,
  type Wire,
  type Write,
} from "./statement-model.ts";
import { orderedPartitions, sortedKeys } from "./statement-text.ts";

export interface NativeRequest {
  readonly operation: string;
  readonly request: Wire;
}

/** The placeholders of one request. */
interface Placeholders {
  readonly names: Map<string, string>;
  readonly values: Wire[];
}

function placeholders(): Placeholders {
  return { names: new Map(), values: [] };
}

function members({ names, values }: Placeholders): Wire {
  return {
    ...(names.size === 0
      ? {}
      : { ExpressionAttributeNames: record([...names].map(([name, placeholder]) => [placeholder, name])) }),
    ...(values.length === 0
      ? {}
      : { ExpressionAttributeValues: record(values.map((value, index) => [`:v${index}`, value])) }),
  };
}

function nameOf({ names }: Placeholders, name: string): string {
  const placeholder = names.get(name) ?? `#n${names.size}`;
  names.set(name, placeholder);
  return placeholder;
}

function valueOf({ values }: Placeholders, value: Wire): string {
  values.push(value);
  return `:v${values.length - 1}`;
}

function pathOf(held: Placeholders, { name, inner }: Path): string {
  const elements = inner.map((element) =>
    typeof element === "number" ? `[${element}]` : `.${nameOf(held, element)}`,
  );
  return `${nameOf(held, name)}${elements.join("")}`;
}

// --- conditions

function conditionOf(held: Placeholders, condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.parts
        .map((part) => `(${conditionOf(held, part)})`)
        .join(condition.kind === "and" ? " AND " : " OR ");
    case "not":
      return `NOT (${conditionOf(held, condition.part)})`;
    case "compare": {
      const left = operandOf(held, condition.left);
      return `${left} ${condition.operator} ${operandOf(held, condition.right)}`;
    }
    case "between": {
      const operand = operandOf(held, condition.operand);
      return `${operand} BETWEEN ${valueOf(held, condition.lower)} AND ${valueOf(held, condition.upper)}`;
    }
    case "in": {
      const operand = operandOf(held, condition.operand);
      return `${operand} IN (${condition.values.map((value) => valueOf(held, value)).join(", ")})`;
    }
    case "missing": {
      const name = condition.negated ? "attribute_exists" : "attribute_not_exists";
      return `${name}(${pathOf(held, condition.path)})`;
    }
    case "null": {
      const isNull = `attribute_type(${pathOf(held, condition.path)}, ${valueOf(held, { S: "NULL" })})`;
      return condition.negated ? `NOT ${isNull}` : isNull;
    }
    case "type":
      return `attribute_type(${pathOf(held, condition.path)}, ${valueOf(held, { S: condition.type })})`;
    case "begins":
      return `begins_with(${pathOf(held, condition.path)}, ${valueOf(held, condition.value)})`;
    case "contains":
      return `contains(${pathOf(held, condition.path)}, ${valueOf(held, condition.value)})`;
  }
}

function operandOf(held: Placeholders, operand: Operand): string {
  switch (operand.kind) {
    case "path":
      return pathOf(held, operand.path);
    case "size":
      return `size(${pathOf(held, operand.path)})`;
    case "value":
      return valueOf(held, operand.value);
  }
}

// --- SELECT

/** One request for each item or partition the statement names; one for a scan. */
export function selectRequests(select: Select): readonly NativeRequest[] {
  const { read } = select;
  switch (read.kind) {
    case "scan":
      return [pageRequest(select, undefined)];
    case "queries":
      return orderedPartitions(select).map((partition) =>
        pageRequest(select, { partition, sort: read.sort }),
      );
    case "points":
      return orderedPartitions(select).flatMap((partition) =>
        (read.sorts.length === 0 ? [undefined] : sortedKeys(read.sorts)).map((sort) =>
          pointRequest(select, partition, sort),
        ),
      );
  }
}

/** An item with a filter is a Query: GetItem has none. */
function pointRequest(select: Select, partition: Wire, sort: Wire | undefined): NativeRequest {
  if (select.filter !== undefined) {
    return pageRequest(select, {
      partition,
      sort: sort === undefined ? undefined : { operator: "=", value: sort },
    });
  }
  const held = placeholders();
  const projection = projectionOf(held, select);
  const { hash, range = "" } = targetKeys(select);
  const key =
    sort === undefined
      ? [[hash, partition] as const]
      : ([
          [hash, partition],
          [range, sort],
        ] as const);
  return {
    operation: "GetItem",
    request: {
      TableName: select.table.name,
      Key: record(key),
      ...projection,
      ...members(held),
      ConsistentRead: select.strong,
      ReturnConsumedCapacity: "INDEXES",
    },
  };
}

interface KeyRange {
  readonly partition: Wire;
  readonly sort: Sort | undefined;
}

function pageRequest(select: Select, keys: KeyRange | undefined): NativeRequest {
  const { table, index, filter, order, limit, strong } = select;
  const held = placeholders();
  return {
    operation: keys === undefined ? "Scan" : "Query",
    request: {
      TableName: table.name,
      ...(index === undefined ? {} : { IndexName: index.name }),
      ...(keys === undefined ? {} : { KeyConditionExpression: keyCondition(held, select, keys) }),
      ...projectionOf(held, select),
      ...(filter === undefined ? {} : { FilterExpression: conditionOf(held, filter) }),
      ...members(held),
      ...(order === "DESC" ? { ScanIndexForward: false } : {}),
      ...(limit === undefined ? {} : { Limit: limit }),
      ConsistentRead: strong,
      ReturnConsumedCapacity: "INDEXES",
    },
  };
}

function projectionOf(held: Placeholders, { paths }: Select): Wire {
  if (paths === undefined) return {};
  return { ProjectionExpression: paths.map((path) => pathOf(held, path)).join(", ") };
}

function keyCondition(held: Placeholders, select: Select, { partition, sort }: KeyRange): string {
  const { hash, range = "" } = targetKeys(select);
  const onHash = `${nameOf(held, hash)} = ${valueOf(held, partition)}`;
  return sort === undefined ? onHash : `${onHash} AND ${sortCondition(held, nameOf(held, range), sort)}`;
}

function sortCondition(held: Placeholders, range: string, sort: Sort): string {
  switch (sort.operator) {
    case "between":
    case "bounds":
      return `${range} BETWEEN ${valueOf(held, sort.lower)} AND ${valueOf(held, sort.upper)}`;
    case "begins":
      return `begins_with(${range}, ${valueOf(held, sort.value)})`;
    default:
      return `${range} ${sort.operator} ${valueOf(held, sort.value)}`;
  }
}

// --- writes

/** The members of a single write that transactions have too; without those that only single writes have. */
function writeMembers(write: Write | Exists): { readonly action: string; readonly request: Wire } {
  const held = placeholders();
  const hash = nameOf(held, write.table.hash);
  const TableName = write.table.name;
  if (write.kind === "insert") {
    const ConditionExpression = `attribute_not_exists(${hash})`;
    return {
      action: "Put",
      request: { TableName, Item: record(write.item), ConditionExpression, ...members(held) },
    };
  }
  const key = { TableName, Key: record(write.key) };
  const failed = write.showsFailed ? { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } : {};
  if (write.kind === "delete") {
    const condition = deleteCondition(held, hash, write.condition);
    const used = condition === undefined ? {} : { ConditionExpression: condition, ...members(held) };
    return { action: "Delete", request: { ...key, ...used, ...failed } };
  }
  const exists = `attribute_exists(${hash})`;
  const ConditionExpression =
    write.condition === undefined ? exists : `${exists} AND (${conditionOf(held, write.condition)})`;
  if (write.kind === "exists") {
    return {
      action: "ConditionCheck",
      request: { ...key, ConditionExpression, ...members(held), ...failed },
    };
  }
  const UpdateExpression = updateExpression(held, write.actions);
  return {
    action: "Update",
    request: { ...key, UpdateExpression, ConditionExpression, ...members(held), ...failed },
  };
}

function deleteCondition(
  held: Placeholders,
  hash: string,
  condition: Condition | undefined,
): string | undefined {
  if (condition === undefined) return undefined;
  return `attribute_not_exists(${hash}) OR (${conditionOf(held, condition)})`;
}

export function writeRequest(write: Write): NativeRequest {
  const { action, request } = writeMembers(write);
  return {
    operation: `${action}Item`,
    request: {
      ...request,
      ...(write.kind === "insert" ? {} : { ReturnValues: write.returned }),
      ReturnConsumedCapacity: "INDEXES",
    },
  };
}

function updateExpression(held: Placeholders, actions: readonly Action[]): string {
  const sections = [
    [
      "SET",
      sectionOf(actions, "set", (action) => `${pathOf(held, action.path)} = ${updateOf(held, action.value)}`),
    ],
    ["REMOVE", sectionOf(actions, "remove", (action) => pathOf(held, action.path))],
    [
      "ADD",
      sectionOf(actions, "setAdd", (action) => `${pathOf(held, action.path)} ${valueOf(held, action.value)}`),
    ],
    [
      "DELETE",
      sectionOf(
        actions,
        "setDelete",
        (action) => `${pathOf(held, action.path)} ${valueOf(held, action.value)}`,
      ),
    ],
  ] as const;
  return sections
    .filter(([, list]) => list.length > 0)
    .map(([word, list]) => `${word} ${list.join(", ")}`)
    .join(" ");
}

function sectionOf<Kind extends Action["kind"]>(
  actions: readonly Action[],
  kind: Kind,
  text: (action: Extract<Action, { kind: Kind }>) => string,
): readonly string[] {
  return actions.flatMap((action) => (isOfKind(action, kind) ? [text(action)] : []));
}

function isOfKind<Kind extends Action["kind"]>(
  action: Action,
  kind: Kind,
): action is Extract<Action, { kind: Kind }> {
  return action.kind === kind;
}

function updateOf(held: Placeholders, value: UpdateValue): string {
  switch (value.kind) {
    case "value":
      return valueOf(held, value.value);
    case "path":
      return pathOf(held, value.path);
    case "append":
      return `list_append(${updateOf(held, value.left)}, ${updateOf(held, value.right)})`;
    default:
      return `${updateOf(held, value.left)} ${value.kind} ${updateOf(held, value.right)}`;
  }
}

/** Of a batch or transaction that reads one item. */
export function transactGet(select: Select): Wire {
  const held = placeholders();
  const { TableName, Key } = pointRequest(select, ...onlyKey(select)).request;
  return { Get: { TableName, Key, ...projectionOf(held, select), ...members(held) } };
}

function onlyKey({ read }: Select): [Wire, Wire | undefined] {
  const [partition = {}] = read.kind === "points" ? read.partitions : [];
  return [partition, read.kind === "points" ? read.sorts[0] : undefined];
}

export function transactWrite(write: Write | Exists): Wire {
  const { action, request } = writeMembers(write);
  return { [action]: request };
}
