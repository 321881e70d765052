// Until when a member may believe what it remembers.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Belief } from "./belief.ts";

const membershipMs = 100;

test("a member is sure from a look that its row has lasted through, for the time of a membership", () => {
  const belief = new Belief(membershipMs);
  expect(belief.isSureAt(0)).toBe(false);
  belief.looked(0);
  belief.renewed(5, 8);
  // Commits between the look and the row were not waited for.
  expect(belief.isSureAt(9)).toBe(false);
  belief.looked(10);
  expect([belief.isSureAt(11), belief.isSureAt(104), belief.isSureAt(105)]).toEqual([true, true, false]);
});

test("looking and renewing in time keeps it sure", () => {
  const belief = new Belief(membershipMs);
  belief.renewed(0, 1);
  for (let now = 2; now < 1000; now += 40) {
    belief.looked(now);
    belief.renewed(now + 1, now + 2);
    expect(belief.isSureAt(now + 99)).toBe(true);
  }
});

test("a row that may have run out counts from its renewal", () => {
  const belief = new Belief(membershipMs);
  belief.renewed(0, 1);
  belief.looked(90);
  belief.renewed(95, 101);
  expect(belief.isSureAt(102)).toBe(false);
  belief.looked(103);
  expect(belief.isSureAt(104)).toBe(true);
});

test("what is forgotten has to be seen and renewed again", () => {
  const belief = new Belief(membershipMs);
  belief.renewed(0, 1);
  belief.looked(2);
  belief.forget();
  expect(belief.isSureAt(3)).toBe(false);
  belief.looked(4);
  belief.renewed(5, 6);
  expect(belief.isSureAt(7)).toBe(false);
  belief.looked(8);
  expect(belief.isSureAt(9)).toBe(true);
});

describe("whatever is delayed", () => {
  interface Look {
    readonly askedMs: number;
    /** When the server looked. */
    readonly atMs: number;
    readonly answeredMs: number;
  }

  const anyDelay = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 150 }));
  const anyRound = fc.record({
    pause: fc.nat({ max: 60 }),
    look: fc.tuple(anyDelay, anyDelay),
    renewal: fc.tuple(anyDelay, anyDelay),
  });

  test("a member that is sure has seen every commit that was answered", () => {
    fc.assert(
      fc.property(
        fc.array(anyRound, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat({ max: 1500 }), { minLength: 1, maxLength: 20 }),
        (rounds, commitsMs) => {
          const belief = new Belief(membershipMs);
          const looks: Look[] = [];
          const renewals: Look[] = [];
          const events: { readonly atMs: number; readonly run: () => void }[] = [];
          let now = 0;
          for (const { pause, look, renewal } of rounds) {
            now += pause;
            for (const [kind, [there, back]] of [
              ["look", look],
              ["renewal", renewal],
            ] as const) {
              const made = { askedMs: now, atMs: now + there, answeredMs: now + there + back };
              (kind === "look" ? looks : renewals).push(made);
              now = made.answeredMs;
              events.push({
                atMs: now,
                run: () => {
                  if (kind === "look") belief.looked(made.askedMs);
                  else belief.renewed(made.askedMs, made.answeredMs);
                },
              });
            }
          }
          const knownAt = (ms: number): number =>
            Math.max(-1, ...looks.filter(({ answeredMs }) => answeredMs <= ms).map(({ atMs }) => atMs));
          const isCountedOnAt = (ms: number): boolean =>
            renewals.some(({ atMs }) => atMs <= ms && ms < atMs + membershipMs);
          /** As the one who commits does: until the row runs out, the commit is seen, or a membership has passed. */
          const answeredAt = (commitMs: number): number => {
            for (let ms = commitMs; ms < commitMs + membershipMs; ms += 1) {
              if (!isCountedOnAt(ms)) return ms;
            }
            return commitMs + membershipMs;
          };
          const answers = commitsMs.map((commitMs) => ({ commitMs, answeredMs: answeredAt(commitMs) }));
          for (let ms = 0; ms < now + 2 * membershipMs; ms += 1) {
            for (const { run } of events.filter(({ atMs }) => atMs === ms)) run();
            if (!belief.isSureAt(ms)) continue;
            const unseen = answers.filter(
              ({ commitMs, answeredMs }) => answeredMs < ms && commitMs > knownAt(ms),
            );
            expect(unseen).toEqual([]);
          }
        },
      ),
      { numRuns: 120, seed: 20_261_121 },
    );
  });
});
