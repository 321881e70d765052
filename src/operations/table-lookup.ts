/** From the TableName of a data request, a name or an ARN, to the description of an existing table. */
import {
  apiError,
  parseTableReference,
  resourceNotFound,
  tableResourceNotFound,
  validationError,
} from "../api/index.ts";
import type { Namespace, TableDescription } from "../catalog/index.ts";
import type { OperationContext } from "./context.ts";

/**
 * The table a data operation works on; ResourceNotFoundException while it is being created or when it is
 * gone (the bare text, as the data plane gives it).
 */
export function dataTable(context: OperationContext, reference: string): TableDescription {
  const { namespace, name } = locateTable(context, reference);
  const { catalog, onTableElsewhere } = context.services;
  const table = catalog.find(namespace, name);
  if (table !== undefined && table.status !== "CREATING") return table;
  if (table === undefined && onTableElsewhere !== undefined) {
    const found = catalog.namespacesOf(name);
    if (found.length > 0) onTableElsewhere(name, namespace, found);
  }
  throw resourceNotFound();
}

/**
 * An ARN names its own region and account. Another region is an invalid one, another account needs a resource
 * policy that nobody can have yet (both answers measured on the service in October 2026).
 */
export function locateTable(
  context: OperationContext,
  reference: string,
): { readonly namespace: Namespace; readonly name: string } {
  if (!reference.startsWith("arn:")) return { namespace: context.namespace, name: reference };
  const parsed = parseTableReference(reference);
  if (parsed.kind === "issue") throw validationError(parsed.message);
  if (parsed.kind === "name") return { namespace: context.namespace, name: parsed.name };
  const { region, account } = context.namespace;
  if (parsed.region !== region) {
    throw validationError(`1 validation error detected: Invalid AWS region in '${reference}'`);
  }
  if (parsed.account !== account) throw apiError("AccessDeniedException", "Access is denied");
  return { namespace: context.namespace, name: parsed.name };
}

/** The table a control operation works on, in whatever status it is; its not-found text names the table. */
export function controlTable(context: OperationContext, reference: string): TableDescription {
  const { namespace, name } = locateTable(context, reference);
  const table = context.services.catalog.find(namespace, name);
  if (table === undefined) throw tableResourceNotFound(name);
  return table;
}
