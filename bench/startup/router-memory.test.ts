/** The price of a router thread is told apart from that of the writer, which comes with the first. */
import { describe, expect, it } from "vitest";
import { furtherRouterMiB, routerMemory } from "./router-memory.ts";

const servers = [
  { routers: 4, idleMiB: 160 },
  { routers: 0, idleMiB: 80 },
  { routers: 1, idleMiB: 130 },
  { routers: 2, idleMiB: 138 },
];

describe("memory of routers", () => {
  it("is compared with the server that has the next fewer", () => {
    expect(routerMemory(servers).map(({ perRouterMiB }) => perRouterMiB)).toEqual([undefined, 50, 8, 11]);
  });

  it("is told for each beyond the first", () => {
    expect(furtherRouterMiB(servers)).toBe(10);
    expect(furtherRouterMiB(servers.filter(({ routers }) => routers < 2))).toBeUndefined();
    expect(furtherRouterMiB([])).toBeUndefined();
  });
});
