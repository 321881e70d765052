/** How an answer is compared with what a row expects. */
import { expect } from "vitest";
import { type Answer, entriesHead, type Refusal } from "./case-types.ts";
import type { CallResult } from "./harness.ts";

export function expectRefusal({ status, body }: CallResult, wanted: Refusal): void {
  const message = String(body["message"] ?? body["Message"]);
  const type = String(body["__type"]).split("#").at(-1);
  // One text, so that a wrong name is explained by the message beside it.
  expect(`${status} ${type}: ${message}`).toBe(`400 ${wanted.error}: ${wanted.message ?? message}`);
  if (wanted.messageStart !== undefined) {
    expect(message.slice(0, wanted.messageStart.length)).toBe(wanted.messageStart);
  }
  if (wanted.messageIncludes !== undefined) expect(message).toContain(wanted.messageIncludes);
  if (wanted.body !== undefined) expect(withoutOrder(body)).toEqual(withoutOrder(wanted.body));
  if (wanted.entries !== undefined) {
    const head = entriesHead(wanted.entries.length);
    expect(message.slice(0, head.length)).toBe(head);
    expect(message.slice(head.length).split("; ").toSorted()).toEqual(wanted.entries.toSorted());
  }
}

export function expectAnswer({ status, body }: CallResult, wanted: Answer): void {
  expect(status === 200 ? "200" : `${status} ${JSON.stringify(body)}`).toBe("200");
  if (wanted.body !== undefined) expect(withoutOrder(body)).toEqual(withoutOrder(wanted.body));
  if (wanted.includes !== undefined) expect(body).toMatchObject(wanted.includes);
  for (const member of wanted.lacks ?? []) expect(body).not.toHaveProperty(member);
}

/** The members of a set have no order: all sets are sorted before they are compared. */
export function withoutOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrder);
  if (typeof value !== "object" || value === null) return value;
  return new Map(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [
        name,
        (name === "SS" || name === "NS" || name === "BS") && Array.isArray(member)
          ? member.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
          : withoutOrder(member),
      ]),
  );
}
