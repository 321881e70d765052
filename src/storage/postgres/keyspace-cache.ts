/**
 * Epochs and drops of keyspaces as this process knows them. They change only under all heads at once, which raises the
 * generation in every head: whoever holds a head and finds the generation it knows, knows that nothing has changed.
 */
import type { Keyspace, KeyspaceState } from "../contract/index.ts";

export class KeyspaceCache {
  #generation = -1;
  #states = new Map<Keyspace, KeyspaceState>();

  /** Those that can be had without asking, for a look ahead. */
  has(keyspace: Keyspace): boolean {
    return this.#states.has(keyspace);
  }

  /** A map to read and to fill by a group that found this generation. */
  at(generation: number): Map<Keyspace, KeyspaceState> {
    if (generation > this.#generation) {
      this.#generation = generation;
      this.#states = new Map();
    }
    // A group that took its head before a change of others finds the older one, and looks for itself.
    return generation === this.#generation ? this.#states : new Map();
  }
}
