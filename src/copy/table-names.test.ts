// Names with stars.
import { expect, test } from "vitest";
import { chooseTables } from "./table-names.ts";

const names = ["app.orders", "app-users", "appXorders", "other"];

test.each([
  [[], names, []],
  [["app.orders"], ["app.orders"], []],
  [["app?orders"], ["app.orders", "appXorders"], []],
  [["app*", "none*"], ["app.orders", "app-users", "appXorders"], ["none*"]],
  [["*"], names, []],
  [["app[.]orders", "(o"], [], ["app[.]orders", "(o"]],
  [["Other"], [], ["Other"]],
])("%j", (patterns, chosen, unmatched) => {
  expect(chooseTables(names, patterns)).toEqual({ names: chosen, unmatched });
});
