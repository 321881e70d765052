/** Requests for what an index program does, in DynamoDB's JSON. */
import { type IndexDefinition, tableName, wholeTable } from "./index-definitions.ts";
import type { Action, NaiveQuery } from "./index-model.ts";
import type { Wire } from "./naive-items.ts";

type JsonObject = Readonly<Record<string, unknown>>;

export function requestOf({ kind, item, only, set = {}, remove = [], by }: Action): JsonObject {
  const names: Record<string, string> = {};
  const values: Record<string, Wire> = {};
  const condition = { ifAbsent: "attribute_not_exists(#pk)", ifPresent: "attribute_exists(#pk)" };
  if (only !== undefined) names["#pk"] = "pk";
  const sets = Object.entries(set).map(([name, value], at) => {
    names[`#s${at}`] = name;
    values[`:s${at}`] = value;
    return `#s${at} = :s${at}`;
  });
  const removes = remove.map((name, at) => {
    names[`#r${at}`] = name;
    return `#r${at}`;
  });
  if (by !== undefined) values[":by"] = { N: String(by) };
  const clauses = [
    ...(sets.length === 0 ? [] : [`SET ${sets.join(", ")}`]),
    ...(removes.length === 0 ? [] : [`REMOVE ${removes.join(", ")}`]),
    ...(by === undefined ? [] : ["ADD #counter :by"]),
  ];
  if (by !== undefined) names["#counter"] = "counter";
  return {
    TableName: tableName,
    ...(kind === "put" ? { Item: item } : { Key: item }),
    ...(only === undefined ? {} : { ConditionExpression: condition[only] }),
    ...(kind === "update" && clauses.length > 0 ? { UpdateExpression: clauses.join(" ") } : {}),
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  };
}

export function transactItemOf(action: Action): JsonObject {
  const member = { put: "Put", delete: "Delete", update: "Update", check: "ConditionCheck" }[action.kind];
  return { [member]: requestOf(action) };
}

export function scanRequest(index: IndexDefinition): JsonObject {
  return { TableName: tableName, ...(index === wholeTable ? {} : { IndexName: index.name }) };
}

export function queryRequest(index: IndexDefinition, { hash, range }: NaiveQuery): JsonObject {
  const names: Record<string, string> = {};
  const values: Record<string, Wire> = {};
  const conditions = index.hash.map(({ name }, at) => {
    names[`#h${at}`] = name;
    values[`:h${at}`] = hash[at] ?? {};
    return `#h${at} = :h${at}`;
  });
  for (const [at, { operator, values: operands }] of range.entries()) {
    names[`#r${at}`] = index.range[at]?.name ?? "";
    const [first = "", second = ""] = operands.map((operand, number) => {
      values[`:r${at}_${number}`] = operand;
      return `:r${at}_${number}`;
    });
    if (operator === "BETWEEN") conditions.push(`#r${at} BETWEEN ${first} AND ${second}`);
    else if (operator === "begins_with") conditions.push(`begins_with(#r${at}, ${first})`);
    else conditions.push(`#r${at} ${operator} ${first}`);
  }
  return {
    ...scanRequest(index),
    KeyConditionExpression: conditions.join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
