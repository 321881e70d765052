/**
 * A program for captures: writers change a small table while somebody else begins a capture of it,
 * reads the table, and follows its changes. What was copied must be what the table has when the writers are done: a
 * change that escapes the capture shows as a difference. One seed picks all keys and actions.
 */
import { nextTurn, type Random, seededRandom } from "../base/index.ts";
import { type CaptureCalls, type CaptureJson, keyText } from "./captured-table.ts";

export interface FollowedCopyOptions {
  /** Each sends one request at a time. */
  readonly writers: readonly CaptureCalls[];
  readonly copier: CaptureCalls;
  readonly seed: number;
  readonly writesEach: number;
}

type Items = Map<string, string>;

const keysCount = 40;

/** The items as they were copied, and as the table has them: by key, as JSON. */
export async function followedCopy({
  writers: callers,
  copier,
  seed,
  writesEach,
}: FollowedCopyOptions): Promise<{ readonly copied: Items; readonly there: Items; readonly logged: number }> {
  const random = seededRandom(seed);
  let writing = callers.length;
  let written = 0;
  const writers = callers.map(async (caller, writer) => {
    for (let step = 0; step < writesEach; step += 1) {
      await writeSomething(caller, { random, writer, step });
      written += 1;
    }
    writing -= 1;
  });
  const copied: Items = new Map();
  // Not at once: some writes are to be under way without a capture.
  const before = random.below(writesEach);
  while (written < before) await nextTurn();
  const begun = await copier.begin();
  await scanInto(copier, copied);
  let positions = begun;
  let more = true;
  let logged = 0;
  while (more) {
    const done = writing === 0;
    const page = await copier.read(positions, { Limit: 1 + random.below(20) });
    for (const pk of page.keys) await copyItem(copier, pk, copied);
    logged += page.keys.length;
    ({ positions } = page);
    more = !(page.caughtUp && done);
  }
  await Promise.all(writers);
  await copier.end();
  const there: Items = new Map();
  await scanInto(copier, there);
  return { copied: sorted(copied), there: sorted(there), logged };
}

interface Write {
  readonly random: Random;
  readonly writer: number;
  readonly step: number;
}

async function writeSomething(caller: CaptureCalls, { random, writer, step }: Write): Promise<void> {
  const Key = { pk: { S: `k${random.below(keysCount)}` } };
  const value = { v: { S: `${writer}/${step}` } };
  switch (random.below(3)) {
    case 0:
      await caller.ok("DeleteItem", { Key });
      return;
    case 1:
      await caller.ok("PutItem", { Item: { ...Key, ...value } });
      return;
    default:
      await caller.ok("UpdateItem", {
        Key,
        UpdateExpression: "SET v = :v",
        ExpressionAttributeValues: { ":v": value.v },
      });
  }
}

async function scanInto(caller: CaptureCalls, items: Items): Promise<void> {
  let start: CaptureJson = {};
  for (;;) {
    const page = await caller.ok("Scan", { ConsistentRead: true, Limit: 7, ...start });
    for (const item of page["Items"] as readonly CaptureJson[]) {
      items.set(keyText({ pk: item["pk"] }), JSON.stringify(item["v"]));
    }
    const key = page["LastEvaluatedKey"];
    if (key === undefined) return;
    start = { ExclusiveStartKey: key };
  }
}

async function copyItem(caller: CaptureCalls, pk: string, copied: Items): Promise<void> {
  const { Item } = await caller.ok("GetItem", { Key: { pk: { S: pk } }, ConsistentRead: true });
  if (Item === undefined) copied.delete(pk);
  else copied.set(pk, JSON.stringify((Item as CaptureJson)["v"]));
}

function sorted(items: Items): Items {
  return new Map([...items].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
