/** Leases: who may do a piece of background work until when. The token grows with each change of hands. */
import type { Lease } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { sql } from "./statements.ts";

type LeaseRow = readonly [owner: string, token: number, expiresMs: number];

export class Leases {
  readonly #get: SqliteStatement;
  readonly #put: SqliteStatement;

  constructor(connection: SqliteConnection) {
    this.#get = connection.prepare(sql.getLease);
    this.#get.setReturnArrays(true);
    this.#put = connection.prepare(sql.putLease);
  }

  /** Into the open transaction. A holder that let its lease run out gets a new token too. */
  take(
    wish: { readonly name: string; readonly owner: string; readonly ttlMs: number },
    nowMs: number,
  ): Lease | undefined {
    const { name, owner, ttlMs } = wish;
    const [heldBy, lastToken, heldUntilMs] = this.#row(name);
    const held = heldUntilMs > nowMs;
    if (held && heldBy !== owner) {
      return undefined;
    }
    const token = held ? lastToken : lastToken + 1;
    const expiresMs = nowMs + ttlMs;
    this.#put.run(name, owner, token, expiresMs);
    return { name, owner, token, expiresMs };
  }

  /** Nothing happens unless this very lease is still held. */
  release(lease: Lease): void {
    const [owner, token] = this.#row(lease.name);
    if (owner === lease.owner && token === lease.token) {
      this.#put.run(lease.name, owner, token, 0);
    }
  }

  #row(name: string): LeaseRow {
    return (this.#get.get(name) as LeaseRow | undefined) ?? ["", 0, 0];
  }
}
