// Patterns of constrained names, anchored and safe on long input.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PatternName, patterns } from "./patterns.ts";

/** The printed expressions in JavaScript's dialect, for short strings only. */
const printed: Readonly<Record<PatternName, RegExp>> = {
  autoScalingPolicyName: /^[\x20-\x7e]+$/u,
  autoScalingRoleArn: /^[\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}\r\n\t]*$/u,
  clientToken: /^[^$]+$/u,
  contributorInsightsRule: /^[A-Za-z0-9][A-Za-z0-9\-_.]{0,126}[A-Za-z0-9]$/u,
  csvDelimiter: /^[,;:|\t ]$/u,
  csvHeader: /^[\x20-\x21\x23-\x2B\x2D-\x7E]*$/u,
  importNextToken: /^([0-9a-f]{16})+$/u,
  resourceName: /^[a-zA-Z0-9_.-]+$/u,
  s3Bucket: /^[a-z0-9A-Z]+[.\-\w]*[a-z0-9A-Z]+$/u,
  s3BucketOwner: /^[0-9]{12}$/u,
  tableId: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u,
};

const odd: readonly string[] = ['"', "é", "\u0000", "\uFFFE", "\uD800", "\u{1F600}", "0123456789abcdef"];

/** fast-check cannot generate from code points beyond the basic plane. */
function generating(name: PatternName): RegExp {
  return name === "autoScalingRoleArn" ? /^[\u0020-\uD7FF\r\n\t]*$/u : printed[name];
}

const names = Object.keys(patterns) as readonly PatternName[];

describe("patterns", () => {
  test.each(names)("%s matches what its printed expression matches", (name) => {
    const { matches } = patterns[name];
    const characters = fc.constantFrom(
      "a",
      "Z",
      "0",
      "_",
      ".",
      "-",
      ",",
      ";",
      "|",
      "\t",
      "\n",
      " ",
      "$",
      ...odd,
    );
    const text = fc.oneof(
      fc.string({ unit: characters, maxLength: 6 }),
      fc.stringMatching(generating(name)).filter((value) => value.length < 200),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(matches(value)).toBe(printed[name].test(value));
      }),
      { seed: 20_260_905, numRuns: 100 },
    );
  });

  test.each(names)("%s copes with very long strings", (name) => {
    const { matches } = patterns[name];
    for (const unit of ["a", "0", "a-", " "]) expect(matches(`${unit.repeat(500_000)}$\u0000`)).toBe(false);
  });
});
