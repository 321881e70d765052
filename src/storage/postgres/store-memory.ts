/**
 * What a process remembers of a store between its groups. It holds for one run of one server only: another, as a standby
 * that was promoted without the last commits, may count the same numbers for other groups.
 */
import type { PostgresSession } from "./driver.ts";
import { KeyspaceCache } from "./keyspace-cache.ts";
import { ShardCache } from "./shard-cache.ts";

export interface StoreMemory {
  readonly keyspaces: KeyspaceCache;
  readonly shards: ShardCache;
}

/** Tells which server answers on a session. */
export type ServerOf = (session: PostgresSession) => string;

export function storeMemory(serverOf: ServerOf): (session: PostgresSession) => StoreMemory {
  let known: string | undefined;
  let memory = emptyMemory();
  return (session) => {
    const server = serverOf(session);
    if (server !== known) {
      known = server;
      memory = emptyMemory();
    }
    return memory;
  };
}

function emptyMemory(): StoreMemory {
  return { keyspaces: new KeyspaceCache(), shards: new ShardCache() };
}
