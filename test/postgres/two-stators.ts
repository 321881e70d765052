/** Two Stators of this process on one PostgreSQL store in PGlite, each as a server has it, without a socket. */
import type { AdjustableClock } from "../../src/base/index.ts";
import { type PostgresStorage, verifyData } from "../../src/server/index.ts";
import { sharedPglite } from "../../src/testing/pglite-driver.ts";
import { type CallResult, callResult, requestHeaders } from "../conformance/harness.ts";
import type { Caller } from "../model/history-requests.ts";
import { openCore, postgresStorage } from "./pglite-stators.ts";

export interface TwoStators {
  readonly one: Caller;
  readonly other: Caller;
  /** Throws when what they leave contradicts itself. Once. */
  close(): Promise<void>;
}

export interface TwoStatorsOptions {
  readonly transactionHoldMs: number;
  /** Absent: the system's. Times of the data are the database's in any case. */
  readonly clock?: AdjustableClock;
}

let stores = 0;

export async function openTwoStators(options: TwoStatorsOptions): Promise<TwoStators> {
  const pglite = await sharedPglite();
  stores += 1;
  const schema = `two_stators_${stores}`;
  const stored = await postgresStorage(`postgres://u@pglite/db?schema=${schema}`);
  const storage = { ...stored, engine: { driver: pglite.driver(schema) } };
  const one = await openStator(storage, options);
  const other = await openStator(storage, options);
  return {
    one,
    other,
    close: async () => {
      await one.close();
      await other.close();
      await expectSound(storage);
      await pglite.dropSchema(schema);
    },
  };
}

/** Nobody uses the store. */
export async function expectSound(storage: PostgresStorage): Promise<void> {
  const verified = await verifyData(storage);
  if (verified.kind !== "sound") throw new Error(JSON.stringify(verified));
}

interface OpenStator extends Caller {
  call(operation: string, body: object): Promise<CallResult>;
  close(): Promise<void>;
}

async function openStator(storage: PostgresStorage, options: TwoStatorsOptions): Promise<OpenStator> {
  const core = await openCore(storage, options);
  return {
    close: () => core.close(),
    call: async (operation, body) => {
      const answer = await core.wire.handle({
        method: "POST",
        url: "/",
        headers: { host: "stator.localhost", ...requestHeaders(operation) },
        body: Buffer.from(JSON.stringify(body), "utf8"),
      });
      return callResult(answer.status, Buffer.from(answer.body).toString("utf8"));
    },
  };
}
