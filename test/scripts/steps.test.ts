// What scripts/steps.ts says about steps that fail: the failed tests by name, and enough of each to begin with.
import { describe, expect, test, vi } from "vitest";
import { runSteps } from "../../scripts/steps.ts";
import type { Step } from "../../scripts/steps.ts";
import type { Tally } from "../../scripts/tally.ts";
import { parseTally, tallyLines } from "../../scripts/tally.ts";

const samples = "test/scripts/samples";

interface StepRun {
  readonly tally: Tally;
  /** What was printed. */
  readonly text: string;
}

async function run(step: Omit<Step, "name" | "limitSeconds">): Promise<StepRun> {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const tally = await runSteps([{ name: "sample", limitSeconds: 60, ...step }]);
    return { tally, text: printed.mock.calls.flat().join("\n") };
  } finally {
    printed.mockRestore();
  }
}

/** The lines from the failure's own to the next one's. */
function paragraph(text: string, name: string): string {
  const from = text.indexOf(`FAILED ${name}`);
  expect(from, `${name} in\n${text}`).toBeGreaterThanOrEqual(0);
  const rest = text.slice(from + 1);
  return rest.slice(0, /\n(?:FAILED|---)/u.exec(rest)?.index);
}

const vitest = (name: string): Omit<Step, "name" | "limitSeconds"> => ({
  command: ["vitest", "run", "--config", `${samples}/vitest.config.ts`, name],
  counts: "vitest",
});

describe("a step of tests that fail", () => {
  const file = `${samples}/failing.sample.ts`;

  test("names each failure and shows the start of it", async () => {
    const { tally, text } = await run(vitest("sample"));
    expect(tally).toEqual({
      passed: 3,
      failed: 6,
      failedNames: [
        `${file} > a group with a hook (outside its tests)`,
        `${file} > a group that cannot start (outside its tests)`,
        `${file} > a group > compares`,
        `${file} > a group > throws a long story`,
        `${samples}/unloadable.sample.ts (outside its tests)`,
        `error that nobody caught while ${file} ran`,
      ],
      skipped: [`sample: 2 in ${file} (it says why): is left out; a group that cannot start > does not run`],
    });
    expect(paragraph(text, `${file} > a group with a hook`)).toContain("the hook cannot clean up");
    expect(paragraph(text, `${file} > a group that cannot start`)).toContain("the server does not start");
    expect(paragraph(text, `${samples}/unloadable.sample.ts`)).toContain("this file cannot be loaded");
    expect(paragraph(text, "error that nobody caught")).toContain("nobody listens");
    expect(paragraph(text, `${file} > a group > compares`)).toMatch(
      /-\s+"size": 2,\n\s*\+\s+"size": 1,[^]*at test\/scripts\/samples\/failing\.sample\.ts:9/u,
    );
    const story = paragraph(text, `${file} > a group > throws a long story`);
    expect(story).toMatch(/line 11\n\s*\.\.\. 88 more lines\n/u);
    expect(story).toContain("caused by: the disk is full");
    expect(text).not.toContain("\u001B");
    expect(text.split("\n").length).toBeLessThan(80);
  });

  test("shows the end of the output where no test is to blame", async () => {
    const { tally, text } = await run(vitest("no-such-file"));
    expect(tally).toMatchObject({ passed: 0, failed: 1, failedNames: ["sample"] });
    expect(text).toContain("No test files found");
  });
});

describe("a step of another kind that fails", () => {
  test("shows the end of its output without colours, and counts as one", async () => {
    const script = `for (let line = 0; line < 500; line += 1) console.log("\\u001B[31mline " + line); process.exitCode = 3`;
    const { tally, text } = await run({ command: ["node", "-e", script] });
    expect(tally).toEqual({ passed: 0, failed: 1, failedNames: ["sample"], skipped: [] });
    expect(text).not.toContain("\u001B");
    expect(text).not.toContain("line 299\n");
    expect(text).toContain("line 300\n");
    expect(text).toContain("line 499\n---");
  });

  test("hands on the names of what failed in it", async () => {
    const counted = {
      passed: 7,
      failed: 2,
      failedNames: ["one: first", "two"],
      skipped: ["three: no Python"],
    };
    const script = `console.log(${JSON.stringify(tallyLines(counted).join("\n"))}); process.exitCode = 1`;
    const { tally } = await run({ command: ["node", "-e", script], counts: "lastLine" });
    expect(tally).toEqual(counted);
  });

  test("that is stopped at its limit says so", async () => {
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    const tally = await runSteps([
      { name: "stuck", limitSeconds: 0.3, command: ["node", "-e", "setInterval(() => {}, 1000)"] },
    ]);
    const text = printed.mock.calls.flat().join("\n");
    printed.mockRestore();
    expect(tally).toMatchObject({ failed: 1, failedNames: ["stuck"] });
    expect(text).toContain("stopped after its limit of 0.3 s");
  });
});

describe("counts", () => {
  test("are the last line, after the names", () => {
    const tally = { passed: 3, failed: 1, failedNames: ["a > b"], skipped: ["c: why"] };
    expect(tallyLines(tally)).toEqual(["skipped: c: why", "failed: a > b", "3 passed, 1 failed"]);
    expect(parseTally(`text\n${tallyLines(tally).join("\n")}\n`)).toEqual(tally);
  });
});
