/** Reads X-Amz-Target: which service and which operation a request is for. */
import type { ServiceName } from "../api/index.ts";
import { type WireService, wireServices } from "./services-table.ts";

export interface Target {
  readonly service: WireService;
  readonly operation: string;
}

/** Says whether a service has an operation; the dispatcher knows. */
export type OperationExists = (service: ServiceName, operation: string) => boolean;

export type TargetReader = (header: string | undefined) => Target | undefined;

// More than all operations of all services; names of operations that do not exist are never kept.
const targetsMax = 512;

/** Known targets are kept as objects, so that a request costs one look-up in a map. */
export function createTargetReader(exists: OperationExists): TargetReader {
  const known = new Map<string, Target>();
  return (header) => {
    if (header === undefined) return undefined;
    const hit = known.get(header);
    if (hit !== undefined) return hit;
    const target = readTarget(header, exists);
    if (target !== undefined && known.size < targetsMax) known.set(header, target);
    return target;
  };
}

function readTarget(header: string, exists: OperationExists): Target | undefined {
  const dot = header.indexOf(".");
  if (dot < 0) return undefined;
  const prefix = header.slice(0, dot);
  const operation = header.slice(dot + 1);
  const service = wireServices.find((row) => row.targetPrefix === prefix);
  if (service === undefined || !exists(service.service, operation)) return undefined;
  return { service, operation };
}
