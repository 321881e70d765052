/**
 * The table of operations, looked up by service and name. A specification carries its shapes as data and a
 * decoder compiled from them when the operation is called for the first time.
 */
import { compileInput, type InputDecoder } from "./decode/compile-input.ts";
import { operationsOf, type ServiceName } from "./shapes/registry.ts";
import type { OperationShape } from "./shapes/model.ts";

export interface OperationSpec {
  readonly service: ServiceName;
  readonly name: string;
  readonly shape: OperationShape;
  /** Compiled once, on first use; a pure function of the shape. */
  readonly decoder: () => InputDecoder;
}

const specifications: Readonly<Record<ServiceName, ReadonlyMap<string, OperationSpec>>> = {
  DynamoDB: specificationsOf("DynamoDB"),
  DynamoDBStreams: specificationsOf("DynamoDBStreams"),
  Stator: specificationsOf("Stator"),
};

/** Undefined for names nobody knows; `name` may be any text a client sent. */
export function operationSpec(service: ServiceName, name: string): OperationSpec | undefined {
  return specifications[service].get(name);
}

/** All operations of a service by name, for listings and tests. */
export function operationSpecs(service: ServiceName): readonly OperationSpec[] {
  return [...specifications[service].values()];
}

function specificationsOf(service: ServiceName): ReadonlyMap<string, OperationSpec> {
  const byName = new Map<string, OperationSpec>();
  for (const [name, shape] of Object.entries(operationsOf(service)).toSorted(byFirst)) {
    byName.set(name, { service, name, shape, decoder: once(() => compileInput(name, shape.input)) });
  }
  return byName;
}

function byFirst(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}
