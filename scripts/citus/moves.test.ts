// A node is added to the cluster, takes its share of a store that is being written to, and gives it back.
import { afterAll, expect, test } from "vitest";
import { systemClock } from "../../src/base/index.ts";
import {
  checkHotKeys,
  hotKeyDecides,
  type HotOutcome,
  settableClock,
  startHotKeyWriters,
  takePostgresStore,
} from "../../src/testing/index.ts";
import { clusterUrl, dropStores, place, spareWorkers } from "./cluster.ts";
import { askCoordinator } from "./coordinator.ts";

const moveMsMax = 600_000;
const hotKeys = 40;

afterAll(dropStores);

test.each(spareWorkers())(
  "writers notice nothing while shards move to $host:$port and back",
  { timeout: 2 * moveMsMax },
  async ({ host, port }) => {
    const store = await takePostgresStore(await place(), 64);
    const openOptions = { decide: hotKeyDecides, clock: settableClock(1_767_225_600_000) };
    const engines = await Promise.all([1, 2].map(() => store.open(openOptions)));
    const outcomes: HotOutcome[] = [];
    const onOutcome = (outcome: HotOutcome): void => {
      outcomes.push(outcome);
    };
    const writers = engines.map((engine) => startHotKeyWriters(engine, { hotKeys, callers: 16, onOutcome }));
    const heads = `"${store.schema}".heads`;
    const placed = `SELECT count(*) FROM citus_shards
      WHERE table_name = $1::regclass AND nodename = $2 AND nodeport = $3`;
    await askCoordinator(clusterUrl(), async (rows) => {
      const countThere = async (): Promise<number> =>
        Number((await rows(placed, [heads, host, port]))[0]?.[0]);
      await rows("SELECT citus_add_node($1, $2)", [host, port]);
      await rows("SELECT rebalance_table_shards($1::regclass)", [heads]);
      expect(await countThere()).toBeGreaterThan(0);
      await systemClock().sleep(2000);
      await rows("SELECT citus_drain_node($1, $2)", [host, port]);
      expect(await countThere()).toBe(0);
      await rows("SELECT citus_remove_node($1, $2)", [host, port]);
    });
    await Promise.all(writers.map((each) => each.stop()));
    const total = await checkHotKeys(await store.open(openOptions), { hotKeys, outcomes });
    expect(outcomes.filter(({ kind }) => kind === "committed")).toHaveLength(total);
    expect(outcomes.filter(({ kind }) => kind !== "committed")).toEqual([]);
    await store.end();
  },
);
