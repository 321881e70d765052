/**
 * Setup of every test file: whatever Stator a test closes must leave a store without contradictions, or closing
 * rejects and the test fails; and so must stores that are never closed, after the test. A store of a child process or
 * of a killed thread is looked at by the test itself. What a test opens is put into the store under test.
 */
import { afterEach, vi } from "vitest";
import type { StartOutcome, StatorCore } from "../server/index.ts";
import { takeLeftStores } from "./left-stores.ts";
import type { placeStore } from "./placed-stores.ts";
import { storeUnderTest } from "./store-under-test.ts";

vi.mock(import("../server/create-stator.ts"), async (original) => {
  const real = await original();
  const { inspectStore } = await import("./inspect-store.ts");
  return {
    ...real,
    createStator: async (settings): Promise<StatorCore> => {
      const { storage, remove } = await place(settings.storage, { ownTime: true });
      const core = await real.createStator({ inspect: inspectStore, ...settings, storage });
      return { ...core, close: () => closeAndRemove(() => core.close(), remove) };
    },
    composeStator: (settings, engine): Promise<StatorCore> =>
      real.composeStator({ inspect: inspectStore, ...settings }, engine),
  };
});

vi.mock(import("../server/start-server.ts"), async (original) => {
  const real = await original();
  return {
    ...real,
    startServer: async (settings): Promise<StartOutcome> => {
      const { storage, remove } = await place(settings.storage, { ownTime: false });
      const outcome = await real.startServer({ ...settings, storage });
      if (outcome.kind === "refused") return outcome;
      const { server } = outcome;
      const close = (): Promise<void> => closeAndRemove(() => server.close(), remove);
      return { ...outcome, server: { ...server, close, [Symbol.asyncDispose]: close } };
    },
  };
});

/** What was made for a test goes also when closing fails. */
async function closeAndRemove(close: () => Promise<void>, remove: () => Promise<void>): Promise<void> {
  try {
    await close();
  } finally {
    await remove();
  }
}

afterEach(async () => {
  const engines = takeLeftStores();
  if (engines.length === 0) return;
  const { inspectStore } = await import("./inspect-store.ts");
  for (const engine of engines) await inspectStore(engine);
});

/** Most runs need nothing of it, and it takes long to load. */
const place: typeof placeStore = async (choice, placing) => {
  if (storeUnderTest().kind === "sqlite") return { storage: choice, remove: async () => undefined };
  const { placeStore: placeElsewhere } = await import("./placed-stores.ts");
  return placeElsewhere(choice, placing);
};
