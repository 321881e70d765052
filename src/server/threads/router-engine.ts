/** The engine of a router thread. */
import type { Clock } from "../../base/index.ts";
import type { Engine } from "../../storage/contract/index.ts";
import { RemoteWrites, remotelyWriting } from "../../storage/remote/index.ts";
import { openSharedSqliteEngine } from "../../storage/sqlite/index.ts";
import { decideRegistry } from "../decide-registry.ts";
import { openPostgresStorage } from "../postgres-storage.ts";
import type { StoreReach } from "../store-reach.ts";
import { messagePortLine } from "./message-port-line.ts";
import type { RouterStore } from "./thread-messages.ts";

export interface RouterEngineParts {
  readonly clock: Clock;
  readonly onReachable: StoreReach["tell"];
}

/** Rejects with a StorageError. */
export async function openRouterEngine(
  store: RouterStore,
  { clock, onReachable }: RouterEngineParts,
): Promise<Engine> {
  if (store.kind === "claimed") {
    return openSharedSqliteEngine({ store: store.store, port: messagePortLine(store.writes) });
  }
  const { engines } = store;
  const engine = await openPostgresStorage(store, {
    decide: decideRegistry,
    clock,
    engines,
    writesElsewhere: true,
    onReachable,
  });
  const writes = new RemoteWrites({
    port: messagePortLine(store.writes),
    // The engine that writes refuses what has waited for too long.
    waitMsMax: Infinity,
    onNews: () => undefined,
  });
  return remotelyWriting(engine, writes);
}
