/**
 * Two servers over one replicated PostgreSQL, with many clients, while primaries, standbys and servers are killed with
 * kill -9, servers are restarted and networks are cut: nothing acknowledged is lost or done twice, strong reads are never
 * old and eventual ones never older than allowed, and clients that retry see nothing but a pause. Nobody watches the
 * database here: the tests promote and repair, as an operator or Patroni would.
 *
 * STATOR_PG_KILL_ROUNDS sets the number of failures, STATOR_PG_CUT_SECONDS how long the network is gone for,
 * STATOR_SEED the choices. Lines that begin with "figures:" are for records.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildOf } from "../../bench/server-process.ts";
import { monotonicMs, seededRandom } from "../../src/base/index.ts";
import { describePostgres } from "../../src/testing/postgres-servers/postgres-for-tests.ts";
import { flood, type FloodEnd } from "./flood.ts";
import { checkStore } from "./pair-checks.ts";
import { cutFor, type Fault, type FaultEnd, strike } from "./pair-faults.ts";
import { figuresOf, type RoundFigures, roundsText, roundText } from "./pair-figures.ts";
import { createPairTables, type LoadRun, PairLoad } from "./pair-load.ts";
import { startSdkClients } from "./sdk-clients.ts";
import { type ServerPair, startServerPair } from "./server-pair.ts";
import type { StaleReads } from "./stale-reads.ts";

/** Three of the first five are failovers. */
const faults: readonly Fault[] = [
  "primary",
  "server",
  "primary",
  "resets",
  "primary",
  "standby",
  "cut",
  "all",
];
const rounds = Number(process.env["STATOR_PG_KILL_ROUNDS"] ?? 5);
const cutSeconds = Number(process.env["STATOR_PG_CUT_SECONDS"] ?? 5);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
/** Answered before something happens, and again after it was over. */
const callsMin = 120;
/** After a failure was over clients may still meet errors for so long: machines stand still now and then. */
const lateFailureMsMax = 8_000;
/** Every request gets some answer in this time, whatever the network does. */
const answerMsMax = 15_000;
const sdkClientsCount = 4;
const sdkCallsMin = 60;
/** What a server may need for requests that wait for a database that does not answer. */
const floodMiBMax = 150;
/** What a server had begun when its network went keeps others waiting until the database gives it up. */
const otherWaitsMsMax = 10_000;
const roundLimitMs = 120_000;

describePostgres(
  "two servers on a replicated PostgreSQL",
  (programs) => {
    let pair: ServerPair;
    let load: PairLoad;

    beforeAll(async () => {
      pair = await startServerPair(programs);
      await createPairTables(pair);
      load = new PairLoad(pair, seededRandom(seed));
    }, roundLimitMs);

    afterAll(async () => {
      await pair?.[Symbol.asyncDispose]();
    }, roundLimitMs);

    test(`${rounds} failures, seed ${seed}`, { timeout: (rounds + 1) * roundLimitMs }, async () => {
      const random = seededRandom(seed);
      const all: RoundFigures[] = [];
      const stale: StaleReads[] = [];
      for (let round = 0; round < rounds; round++) {
        await using run = load.start();
        await run.progress(0, callsMin);
        const end = await strike(pair, faults[round % faults.length] ?? "primary", random);
        await run.progress(end.backMs, callsMin);
        await end.repair();
        await run.progress(monotonicMs(), callsMin);
        all.push(await stopAndCheck(run, end, `round ${round + 1}: `));
        stale.push(run.beacon.stale);
      }
      note(roundsText(all, stale));
      // What is never stale was not read from standbys.
      const staleReads = stale.reduce((sum, { agesMs }) => sum + agesMs.length, 0);
      if (rounds >= faults.length) expect(staleReads).toBeGreaterThan(0);
    });

    test("servers restarted one after the other", { timeout: roundLimitMs }, async () => {
      await using run = load.start();
      const state = { goOn: true };
      const { endpoints } = load;
      const sdk = startSdkClients({ count: sdkClientsCount, endpoints, goOn: () => state.goOn });
      await run.progress(0, callsMin);
      const startedMs = monotonicMs();
      for (const server of pair.servers) {
        await server.stop();
        expect(server.exited(), `${server.name}: ${server.output()}`).toBe("exit code 0");
        await server.start();
        await run.progress(monotonicMs(), callsMin);
      }
      while (sdk.calls < sdkCallsMin) await Promise.race([sdk.done, run.progress(monotonicMs(), 10)]);
      state.goOn = false;
      await sdk.done;
      const end = { name: "servers restarted", startedMs, backMs: monotonicMs() };
      await stopAndCheck(run, end);
      note(`servers restarted: ${sdk.calls} calls of SDKs, ${sdk.retried} requests sent again, no error`);
    });

    test(`${cutSeconds} s without a network`, { timeout: roundLimitMs }, async () => {
      await using run = load.start();
      const state = { goOn: true };
      await run.progress(0, callsMin);
      const before = pair.servers.map((server) => server.peakMiB());
      const flooding = flood(load.endpoints(), () => state.goOn);
      const end = await cutFor(pair.servers, { direction: "both", ms: cutSeconds * 1000 });
      state.goOn = false;
      const flooded = await flooding;
      const after = pair.servers.map((server) => server.peakMiB());
      await run.progress(end.backMs, callsMin);
      await stopAndCheck(run, end);
      note(`${floodText(flooded)}; memory ${mib(before)} before, ${mib(after)} at most`);
      expect(flooded.longestMs).toBeLessThan(answerMsMax);
      expect(flooded.broken).toBe(0);
      for (const [index, most] of after.entries()) {
        expect((most ?? 0) - (before[index] ?? 0), "MiB more").toBeLessThan(floodMiBMax);
      }
    });

    // A shorter cut would end before the database gives anything up.
    if (cutSeconds * 1000 >= otherWaitsMsMax) {
      test(`${cutSeconds} s without a network for one server`, { timeout: roundLimitMs }, async () => {
        await using run = load.start();
        await run.progress(0, callsMin);
        const end = await cutFor(pair.servers.slice(0, 1), { direction: "both", ms: cutSeconds * 1000 });
        await run.progress(end.backMs, callsMin);
        const { outageMs } = await stopAndCheck(run, end);
        expect(outageMs, "the other one waits for what was begun").toBeLessThan(otherWaitsMsMax);
      });
    }

    test("stator verify finds nothing in the end", { timeout: roundLimitMs }, async () => {
      for (const server of pair.servers) await server.stop();
      const program = join(buildOf, "dist/cli/main.js");
      const verify = promisify(execFile)(process.execPath, [program, "verify", "--store", pair.storeUrl]);
      expect((await verify).stdout).toMatch(/: no problems in \d+ tables with \d+ items\n$/u);
    });

    async function stopAndCheck(
      run: LoadRun,
      end: Pick<FaultEnd, "name" | "startedMs" | "backMs">,
      prefix = "",
    ): Promise<RoundFigures> {
      await run.stop();
      const figures = figuresOf(load.log, end);
      note(`${prefix}${roundText(figures, run.beacon.stale)}`);
      expect(figures.lateFailureMs, `errors after: ${end.name}`).toBeLessThan(lateFailureMsMax);
      expect(figures.longestAttemptMs, `slowest answer: ${end.name}`).toBeLessThan(answerMsMax);
      await run.check();
      await checkStore(pair);
      note(`checked: ${run.summary()}`);
      return figures;
    }
  },
  "standbys",
);

function floodText({ answered, refused, longestMs }: FloodEnd): string {
  const ms = Math.round(longestMs);
  return `flood: ${answered} requests answered, ${refused} refused, the slowest answer after ${ms} ms`;
}

function mib(peaks: readonly (number | undefined)[]): string {
  return `${peaks.map((peak) => (peak === undefined ? "?" : Math.round(peak))).join(" and ")} MiB`;
}

function note(text: string): void {
  process.stderr.write(`figures: ${text}\n`);
}
