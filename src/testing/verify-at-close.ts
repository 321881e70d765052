/**
 * Setup of every test file: whatever Stator a test closes must leave a store without contradictions, or closing
 * rejects and the test fails; and so must stores that are never closed, after the test. A store of a child process or
 * of a killed thread is looked at by the test itself.
 */
import { afterEach, vi } from "vitest";
import type { StatorCore } from "../server/index.ts";
import { takeLeftStores } from "./left-stores.ts";

vi.mock(import("../server/create-stator.ts"), async (original) => {
  const real = await original();
  const { inspectStore } = await import("./inspect-store.ts");
  return {
    ...real,
    createStator: (settings): Promise<StatorCore> =>
      real.createStator({ inspect: inspectStore, ...settings }),
    composeStator: (settings, engine): Promise<StatorCore> =>
      real.composeStator({ inspect: inspectStore, ...settings }, engine),
  };
});

afterEach(async () => {
  const engines = takeLeftStores();
  if (engines.length === 0) return;
  const { inspectStore } = await import("./inspect-store.ts");
  for (const engine of engines) await inspectStore(engine);
});
