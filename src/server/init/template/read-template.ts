/** The tables of a CloudFormation or SAM template. */
import type { Namespace } from "../../../catalog/index.ts";
import { type InitIssue, type InitSource, issue, type TableInput } from "../init-source.ts";
import { isObject, member, type PlainObject } from "../plain-data.ts";
import { conditionHolds, type TemplateContext } from "./intrinsics.ts";
import { tableResourceTypes } from "./table-resources.ts";

export function readTemplate(
  template: PlainObject,
  source: string,
  namespace: Namespace,
): InitSource | InitIssue {
  const context: TemplateContext = { template, namespace };
  const resources = member(template, "Resources");
  const tables: TableInput[] = [];
  for (const [logicalId, resource] of Object.entries(isObject(resources) ? resources : {})) {
    if (logicalId.startsWith("Fn::")) return issue(source, `Resources.${logicalId} cannot be resolved here`);
    if (!isObject(resource)) continue;
    const read = readResource(resource, context, { logicalId, source });
    if (read === undefined) continue;
    if ("kind" in read) return read;
    tables.push(read);
  }
  if (tables.length === 0) return issue(source, "no DynamoDB table in this template");
  return { kind: "tables", tables };
}

interface Place {
  readonly logicalId: string;
  readonly source: string;
}

/** Undefined: the resource is no table, or its condition does not hold. */
function readResource(
  resource: PlainObject,
  context: TemplateContext,
  { logicalId, source }: Place,
): TableInput | InitIssue | undefined {
  const read = tableResourceTypes.get(String(member(resource, "Type")));
  if (read === undefined) return undefined;
  const path = `Resources.${logicalId}`;
  const condition = member(resource, "Condition");
  if (condition !== undefined) {
    const holds = typeof condition === "string" ? conditionHolds(condition, context) : undefined;
    if (holds === undefined) return issue(source, `${path}.Condition cannot be resolved here`);
    if (!holds) return undefined;
  }
  const properties = member(resource, "Properties") ?? {};
  if (!isObject(properties)) return issue(source, `${path}.Properties is not an object`);
  const table = read(properties, context);
  if (table.kind === "refused") return issue(source, `${path}.Properties.${table.message}`);
  const name = table.name ?? logicalId;
  const notes: string[] = [];
  if (table.name === undefined) notes.push("the template gives no TableName, so the logical id is the name");
  if (table.ignored.length > 0) notes.push(`ignored without effect here: ${table.ignored.join(", ")}`);
  return {
    name,
    createTable: { TableName: name, ...table.createTable },
    ...(table.timeToLive === undefined ? {} : { timeToLive: table.timeToLive }),
    notes,
    source: `${source}, ${path}`,
  };
}
