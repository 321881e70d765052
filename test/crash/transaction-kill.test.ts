/**
 * Kills a server while clients transfer money in transactions, and starts it again: no half of a transaction is there,
 * what was acknowledged is there and is answered again by its token without being done again, and all that anybody saw
 * before and after the kill has one order.
 *
 * Half of the kills meet a server on one thread, half one with routers. STATOR_KILL_ROUNDS sets the number of kills,
 * STATOR_SEED the choices.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Random, seededRandom, systemClock } from "../../src/base/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { runClient } from "../model/history-actions.ts";
import { checkHistory } from "../model/history-checker.ts";
import { lookForCoin, placeCoin } from "../model/history-coin.ts";
import { finalHistory, type HistoryClient, NoAnswer, SharedHistory } from "../model/history-load.ts";
import { accountTables, type Body, callsOf, transactionResult } from "../model/history-requests.ts";
import { HistoryRecorder, type Operation } from "../model/history.ts";
import { type CommandProcess, startCommand } from "../threads/command-process.ts";
import { callOk, openConnection, tableNamed } from "../threads/threaded-server.ts";

const rounds = Math.ceil(Number(process.env["STATOR_KILL_ROUNDS"] ?? 4) / 2);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const clientsCount = 12;
/** Load runs at least this long before a kill, and up to as long again. */
const loadMs = 400;
const roundLimitMs = 20_000;
/** Acknowledged transactions that are asked for again after a kill: the newest, which a crash could lose. */
const repeatedMax = 100;

let folder: string;
let server: CommandProcess | undefined;

beforeAll(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  server?.signal("SIGKILL");
  await server?.ended;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(["0", "2"])(
  `${rounds} kills leave no half of a transaction, %s routers, seed ${seed}`,
  { timeout: (rounds + 2) * roundLimitMs },
  async (routers) => {
    const random = seededRandom(seed);
    const start = async (): Promise<CommandProcess> => {
      server = await startCommand(["--data", join(folder, routers), "--routers", routers]);
      return server;
    };
    let running = await start();
    for (const name of accountTables) {
      await callOk(openConnection(running), "CreateTable", tableNamed(name));
    }
    for (let round = 1; round <= rounds; round += 1) {
      const options = { recorder: new HistoryRecorder(), prefix: `k${round}`, alwaysTokens: true };
      const shared = new SharedHistory(options);
      await loadAndKill(running, shared, random);
      running = await start();
      await checkAfterKill(clientOf(running, shared, random));
    }
  },
);

function clientOf(at: CommandProcess, shared: SharedHistory, random: Random): HistoryClient {
  const [one, other] = [openConnection(at), openConnection(at)];
  return { shared, random: seededRandom(random.uint32()), ...callsOf(one, other) };
}

async function loadAndKill(running: CommandProcess, shared: SharedHistory, random: Random): Promise<void> {
  const clients = Array.from({ length: clientsCount }, () => clientOf(running, shared, random));
  const [first] = clients;
  if (first === undefined) throw new Error("there are clients");
  await placeCoin(first, first.call);
  const acknowledged = (): boolean => doneWithToken(shared).length > 0;
  const loads = Promise.all(clients.map((client) => runClient(client, () => true)));
  // Whichever comes first: a wrong answer must not wait for the kill.
  await Promise.race([loads, systemClock().sleep(loadMs + random.below(loadMs))]);
  while (!acknowledged()) await Promise.race([loads, systemClock().sleep(loadMs)]);
  running.signal("SIGKILL");
  for (const stop of await loads) expect(stop).toBeInstanceOf(NoAnswer);
  await running.ended;
}

async function checkAfterKill(client: HistoryClient): Promise<void> {
  const { shared } = client;
  await lookForCoin(client);
  expect(shared.problems).toEqual([]);
  // What was not answered may be there or not, but as a whole.
  expect(checkHistory(await finalHistory(client))).toEqual([]);
  await repeatAcknowledged(client);
  await settleUnknown(client);
  expect(checkHistory(await finalHistory(client))).toEqual([]);
}

function doneWithToken(shared: SharedHistory): readonly Operation[] {
  const { recorder } = shared.options;
  return recorder.operations.filter(({ name, end }) => end === "done" && shared.requests.has(name));
}

/** If one of them were done again, trails would show it twice. */
async function repeatAcknowledged(client: HistoryClient): Promise<void> {
  const names = doneWithToken(client.shared).map(({ name }) => name);
  for (const name of names.slice(-repeatedMax)) {
    const { status, body } = await client.call("TransactWriteItems", requestOf(client, name));
    expect([name, status, body]).toEqual([name, 200, {}]);
  }
  const request = requestOf(client, names.at(-1) ?? "");
  const others = (request["TransactItems"] as readonly Body[]).slice(1);
  const { body } = await client.call("TransactWriteItems", { ...request, TransactItems: others });
  expect(body["__type"]).toMatch(/#IdempotentParameterMismatchException$/u);
}

/** Who got no answer asks again, with the same token: it was done before, is done now, or cannot be done. */
async function settleUnknown(client: HistoryClient): Promise<void> {
  const { recorder } = client.shared.options;
  for (const { name, end, seen } of recorder.operations) {
    if (end !== "unknown" || !client.shared.requests.has(name)) continue;
    const request = requestOf(client, name);
    const answer = await client.call("TransactWriteItems", request);
    recorder.settle(name, transactionResult(answer, keysOf(request), seen));
  }
}

function requestOf({ shared }: HistoryClient, name: string): Body {
  const request = shared.requests.get(name);
  if (request === undefined) throw new Error(`${name} has no token`);
  return request;
}

interface ElementBody {
  readonly Key?: { readonly pk: { readonly S: string } };
  readonly Item?: { readonly pk: { readonly S: string } };
}

function keysOf(request: Body): readonly string[] {
  return (request["TransactItems"] as readonly Readonly<Record<string, ElementBody>>[]).map((element) => {
    const [{ Key: key, Item: item } = {}] = Object.values(element);
    return (key ?? item)?.pk.S ?? "";
  });
}
