/** For tests of captures: a Stator in this process with a table, and the calls on its captures. */
import { createStator, type StatorSettings, type StorageChoice } from "../server/index.ts";
import type { Dispatch } from "../operations/index.ts";
import { settableClock, type SettableClock } from "./settable-clock.ts";

export type CaptureJson = Readonly<Record<string, unknown>>;

export interface CapturePage {
  /** Texts like `a` or `a/1`, as `keyText` makes them. */
  readonly keys: readonly string[];
  readonly positions: readonly CaptureJson[];
  readonly caughtUp: boolean;
}

/** Calls of one namespace; `refusal` is `Error: text`, or the answer when there is none. */
export interface CaptureCalls {
  readonly ok: (operation: string, input?: CaptureJson) => Promise<CaptureJson>;
  readonly refusal: (operation: string, input?: CaptureJson) => Promise<string>;
  readonly begin: (id?: string) => Promise<readonly CaptureJson[]>;
  readonly read: (positions: readonly CaptureJson[], more?: CaptureJson) => Promise<CapturePage>;
  /** To the end. Every page is acknowledged, but for the last. */
  readonly readAll: (positions: readonly CaptureJson[], more?: CaptureJson) => Promise<CapturePage>;
  readonly end: (id?: string) => Promise<CaptureJson>;
}

export const capturedNamespace = { account: "000000000000", region: "us-east-1" } as const;
export const capturedTableName = "Orders";
export const captureStartMs: number = Date.UTC(2026, 10, 21);
const defaultId = "copy-1";

/** Four buckets; the key is pk alone, or pk and the number sk. */
export function ordersTable(more: CaptureJson = {}): CaptureJson {
  return {
    TableName: capturedTableName,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    ...more,
  };
}

/** An index on the attribute g that holds the keys alone. */
export const withIndex: CaptureJson = {
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "g", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byG",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
};

export function keyText(key: CaptureJson): string {
  return Object.values(key)
    .map((value) => Object.values(value as CaptureJson).join(""))
    .join("/");
}

/** Sends one request; the answer, or `Error: text`. */
export type SendCapture = (
  service: "DynamoDB" | "Stator",
  operation: string,
  json: CaptureJson,
) => Promise<CaptureJson | string>;

/** Over the operations alone: nothing between caller and dispatcher. */
export function dispatchSend(dispatch: Dispatch): SendCapture {
  return async (service, operation, json) => {
    const asked = { service, operation, json, namespace: capturedNamespace, requestId: "R" } as const;
    const result = await dispatch(asked);
    if (result.kind === "ok") return parsed(result.body);
    // A bug of ours hides behind an InternalServerError; tests should see it.
    if (result.cause instanceof Error) throw result.cause;
    return `${result.error.code}: ${result.error.message}`;
  };
}

function parsed(body: Uint8Array | string): CaptureJson {
  const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
  return (text === "" ? {} : JSON.parse(text)) as CaptureJson;
}

/** Inputs name the table unless they say otherwise. */
export function captureCalls(send: SendCapture): CaptureCalls {
  const call = (operation: string, input: CaptureJson = {}): Promise<CaptureJson | string> => {
    const service = operation.endsWith("Capture") ? "Stator" : "DynamoDB";
    const named = /Batch|Transact|Execute|List/u.test(operation) ? {} : { TableName: capturedTableName };
    const id = service === "Stator" ? { CaptureId: defaultId } : {};
    // Through JSON, so that the input is what a client could have sent.
    const json = JSON.parse(JSON.stringify({ ...named, ...id, ...input })) as CaptureJson;
    return send(service, operation, json);
  };
  const ok = async (operation: string, input?: CaptureJson): Promise<CaptureJson> => {
    const answer = await call(operation, input);
    if (typeof answer === "string") throw new Error(`${operation}: ${answer}`);
    return answer;
  };
  const read = async (positions: readonly CaptureJson[], more: CaptureJson = {}): Promise<CapturePage> => {
    const answer = await ok("ReadCapture", { Positions: positions, ...more });
    return {
      keys: (answer["Keys"] as readonly CaptureJson[]).map(keyText),
      positions: answer["Positions"] as readonly CaptureJson[],
      caughtUp: answer["CaughtUp"] as boolean,
    };
  };
  return {
    ok,
    read,
    refusal: async (operation, input) => {
      const answer = await call(operation, input);
      return typeof answer === "string" ? answer : JSON.stringify(answer);
    },
    begin: async (id = defaultId) =>
      (await ok("BeginCapture", { CaptureId: id }))["Positions"] as readonly CaptureJson[],
    end: (id = defaultId) => ok("EndCapture", { CaptureId: id }),
    readAll: async (positions, more) => {
      const keys: string[] = [];
      let page = await read(positions, more);
      keys.push(...page.keys);
      while (!page.caughtUp) {
        page = await read(page.positions, more);
        keys.push(...page.keys);
      }
      return { ...page, keys };
    },
  };
}

export interface CapturedStator extends CaptureCalls {
  readonly core: Awaited<ReturnType<typeof createStator>>;
  readonly clock: SettableClock;
  readonly put: (...pks: readonly string[]) => Promise<void>;
}

export interface CapturedOptions extends Partial<StatorSettings> {
  readonly storage?: StorageChoice;
  readonly clock?: SettableClock;
  /** Members of CreateTable; absent: there is no table yet. */
  readonly table?: CaptureJson;
}

/** Nothing runs by itself but what the clock is stepped for. */
export async function openCaptured({ table, ...options }: CapturedOptions = {}): Promise<CapturedStator> {
  const clock = options.clock ?? settableClock(captureStartMs);
  const core = await createStator({
    storage: { kind: "memory" },
    auth: { mode: "open" },
    region: capturedNamespace.region,
    shared: false,
    delays: { createMs: 0, updateMs: 0, deleteMs: 0 },
    housekeeping: "afterRequests",
    ...options,
    clock,
  });
  const calls = captureCalls(dispatchSend(core.dispatch));
  if (table !== undefined) await calls.ok("CreateTable", ordersTable(table));
  return {
    ...calls,
    core,
    clock,
    put: async (...pks) => {
      for (const pk of pks) await calls.ok("PutItem", { Item: { pk: { S: pk } } });
    },
  };
}
