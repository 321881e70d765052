/** What a server says of its threads is taken only in the form it was promised. */
import { describe, expect, it } from "vitest";
import { threadsReading } from "./thread-delays.ts";
import { lastEvaluatedKey } from "./stalls/disturbances.ts";

describe("a reading of threads", () => {
  it("has the delay of each thread and the counters", () => {
    const text =
      '{"threads":[{"name":"main","loopDelayMaxMs":1.5,"more":2}],"counters":{"answered":3,"refused":0}}';
    expect(threadsReading(text)).toMatchObject({
      threads: [{ name: "main", loopDelayMaxMs: 1.5 }],
      counters: { answered: 3, refused: 0 },
    });
  });

  it.each([
    "",
    "null",
    "{}",
    '{"threads":{}}',
    '{"threads":[{"name":"main"}]}',
    '{"threads":[{"name":"main","loopDelayMaxMs":"1"}]}',
  ])("is not %s", (text) => {
    expect(threadsReading(text)).toBeUndefined();
  });
});

describe("the key at the end of a page", () => {
  it("is found without parsing, and only there", () => {
    const page = '{"Items":[{"filler":{"S":"x"}}],"Count":1,"LastEvaluatedKey":{"pk":{"S":"big-7"}}}';
    expect(lastEvaluatedKey(page)).toBe('{"pk":{"S":"big-7"}}');
    expect(lastEvaluatedKey('{"Items":[],"Count":0}')).toBeUndefined();
  });
});
