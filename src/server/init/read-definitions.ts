/** Table definitions from parsed data: inputs of CreateTable, one or a list, or a template. */
import type { Namespace } from "../../catalog/index.ts";
import { type InitIssue, issue, type InitSource, type TableInput } from "./init-source.ts";
import { isList, isObject, member } from "./plain-data.ts";
import { readTemplate } from "./template/read-template.ts";

/** `source` is for messages; `namespace` answers what a template asks about region and account. */
export function readDefinitions(data: unknown, source: string, namespace: Namespace): InitSource | InitIssue {
  if (isObject(data) && isObject(member(data, "Resources"))) return readTemplate(data, source, namespace);
  const inputs = isList(data) ? data : [data];
  const tables: TableInput[] = [];
  for (const [index, input] of inputs.entries()) {
    const place = inputs.length === 1 ? source : `${source}, table ${index + 1}`;
    const name = isObject(input) ? member(input, "TableName") : undefined;
    if (!isObject(input) || typeof name !== "string" || member(input, "KeySchema") === undefined) {
      return issue(
        place,
        "neither an input of CreateTable (TableName, KeySchema...) nor a CloudFormation template",
      );
    }
    tables.push({ name, createTable: input, notes: [], source: place });
  }
  return { kind: "tables", tables };
}
