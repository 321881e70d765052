/**
 * Run as a process by in-process.test.ts: uses Stator in this process and on one thread, leaves the former open, and
 * prints how many threads that took. Ends only when nothing is left that keeps the process alive.
 */
import diagnostics from "node:diagnostics_channel";
import process from "node:process";
import { startServer } from "../../src/server/index.ts";
import { open } from "../../src/index.ts";
// Not through the door, which brings the test runner along.
import { testServerSettings } from "../../src/testing/server-settings.ts";

let threads = 0;
diagnostics.subscribe("worker_threads", () => (threads += 1));

const stator = await open();
const { requestHandler } = stator.clientConfig();
const { response } = await requestHandler.handle({
  method: "POST",
  path: "/",
  headers: { host: "stator.localhost", "x-amz-target": "DynamoDB_20120810.ListTables" },
  body: "{}",
});

const outcome = await startServer(testServerSettings);
if (outcome.kind === "refused") throw new Error(outcome.message);
const ready = await fetch(`${outcome.server.endpoint}/_stator/ready`);
await ready.text();
await outcome.server.close();

const found = { threads, asked: response.statusCode > 0, ready: ready.status };
process.stdout.write(JSON.stringify(found));
