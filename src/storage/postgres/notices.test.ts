// What members tell each other.
import { expect, test } from "vitest";
import { noticeText, parseNotice } from "./notices.ts";

test("a notice is understood by others", () => {
  expect(parseNotice(noticeText({ from: "a", heads: [1, 2], urgent: true }))).toEqual({
    from: "a",
    heads: [],
    urgent: true,
  });
  expect(parseNotice(noticeText({ from: "a" }))).toEqual({ from: "a" });
});

test.each(["", "{", "null", "7", "[]", "{}", '{"from":7}', '"from"'])("nonsense is no notice: %s", (text) => {
  expect(parseNotice(text)).toBeUndefined();
});
