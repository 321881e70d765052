/**
 * Epoch of each keyspace and whether it was dropped, in memory once looked up, so that the check each mutation
 * needs costs one look-up. Changes of a group are kept apart until its commit.
 */
import { assert } from "../../base/index.ts";
import { isDropped, type Keyspace, type KeyspaceState, newKeyspace } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { sql } from "./statements.ts";

export class KeyspaceStates {
  readonly #get: SqliteStatement;
  readonly #put: SqliteStatement;
  /** One entry per table or index in use: bounded by the catalog. */
  readonly #committed = new Map<Keyspace, KeyspaceState>();
  readonly #changed = new Map<Keyspace, KeyspaceState>();

  constructor(connection: SqliteConnection) {
    this.#get = connection.prepare(sql.getKeyspace);
    this.#get.setReturnArrays(true);
    this.#put = connection.prepare(sql.putKeyspace);
  }

  /** As the open group sees it. */
  state(keyspace: Keyspace): KeyspaceState {
    return this.#changed.get(keyspace) ?? this.#committed.get(keyspace) ?? this.#load(keyspace);
  }

  isDropped(keyspace: Keyspace): boolean {
    return isDropped(this.state(keyspace));
  }

  setEpoch(keyspace: Keyspace, epoch: number): void {
    const state = this.state(keyspace);
    assert(epoch >= state.epoch, "an epoch never goes back");
    this.#change(keyspace, { epoch, phase: state.phase });
  }

  setPhase(keyspace: Keyspace, phase: number): void {
    this.#change(keyspace, { epoch: this.state(keyspace).epoch, phase });
  }

  committed(): void {
    for (const [keyspace, state] of this.#changed) {
      this.#committed.set(keyspace, state);
    }
    this.#changed.clear();
  }

  rolledBack(): void {
    this.#changed.clear();
  }

  /** Rare, so written at once into the open transaction. */
  #change(keyspace: Keyspace, state: KeyspaceState): void {
    this.#changed.set(keyspace, state);
    this.#put.run(keyspace, state.epoch, state.phase);
  }

  #load(keyspace: Keyspace): KeyspaceState {
    const row = this.#get.get(keyspace) as readonly [epoch: number, phase: number] | undefined;
    const state = row === undefined ? newKeyspace : { epoch: row[0], phase: row[1] };
    this.#committed.set(keyspace, state);
    return state;
  }
}
