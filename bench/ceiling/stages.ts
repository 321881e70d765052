/** The stages of the bare server, each with all that the ones before it do. */

export const stageNames = [
  "get: http",
  "get: + parse",
  "get: + sqlite and splice",
  "put: http",
  "put: + parse",
  "put: + encode",
  "put: + sqlite, no sync",
  "put: + sync",
] as const;

export type StageName = (typeof stageNames)[number];
