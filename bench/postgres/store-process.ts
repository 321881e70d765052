/** A server process reduced to its engine: opens a store, loads it, takes jobs over IPC one at a time, answers each. */
import { systemClock } from "../../src/base/index.ts";
import {
  defaultPostgresLimits,
  openPostgresEngine,
  type PostgresEngine,
} from "../../src/storage/postgres/index.ts";
// The counting driver needs something to count on; the engine's door makes this one by itself.
import { pgDriver } from "../../src/storage/postgres/pg-driver.ts";
import { type CountingDriver, countingDriver } from "./counting-driver.ts";
import type { StoreOrder, StorePlace, StoreReply } from "./store-job.ts";
import { fill, loadDecides, runLoad } from "./store-load.ts";
import { storeSettings } from "./store-settings.ts";

interface Opened {
  readonly engine: PostgresEngine;
  readonly driver: CountingDriver;
}

let opened: Opened | undefined;

process.on("message", (order: StoreOrder) => {
  obey(order).then(reply, (error: unknown) =>
    reply({ kind: "error", error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// The parent is gone: nobody wants the figures any more.
process.on("disconnect", () => process.exit(1));

async function obey(order: StoreOrder): Promise<StoreReply> {
  if (order.kind === "open") {
    opened = await open(order.place);
    return { kind: "done" };
  }
  if (opened === undefined) throw new Error("no store is open");
  const { engine, driver } = opened;
  switch (order.kind) {
    case "fill":
      await fill(engine, order.keys);
      return { kind: "done" };
    case "run":
      return { kind: "report", report: await runLoad(engine, driver, order.job) };
    case "close":
      await engine.close();
      return { kind: "done" };
  }
}

async function open(place: StorePlace): Promise<Opened> {
  const settings = storeSettings(place);
  const driver = countingDriver(pgDriver(settings.address, defaultPostgresLimits));
  const engine = await openPostgresEngine({ settings, decide: loadDecides, clock: systemClock(), driver });
  return { engine, driver };
}

function reply(message: StoreReply): void {
  process.send?.(message);
}
