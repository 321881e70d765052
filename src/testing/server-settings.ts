/** Settings of a server in a test: nothing is kept, any free port, one thread. */
import type { ServerSettings } from "../server/index.ts";

export const testServerSettings: ServerSettings = {
  storage: { kind: "temporary" },
  auth: { mode: "open" },
  region: "us-east-1",
  shared: false,
  delays: { createMs: 0, updateMs: 0, deleteMs: 0 },
  routers: 0,
  host: "127.0.0.1",
  port: 0,
  allowOpenNetwork: false,
  allowedHosts: [],
  init: [],
  log: { requests: false },
  onNote: () => undefined,
};
