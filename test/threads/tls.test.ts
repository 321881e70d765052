/** A certificate that is renewed while several routers serve it. */
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningServer } from "../../src/server/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { giveOrder } from "./thread-orders.ts";
import { startThreaded } from "./threaded-server.ts";

const certificates = new URL("../wire/certificates/", import.meta.url);
/** Of two routers one is missed by so many connections once in a million times. */
const looks = 20;

let folder: string;
let server: RunningServer;
const notes: string[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  notes.length = 0;
  useCertificate("first");
  server = await startThreaded({
    threadEntries: { router: new URL("mortal-router.ts", import.meta.url) },
    tls: { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") },
    onNote: (line) => notes.push(line),
  });
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function useCertificate(name: string): void {
  copyFileSync(new URL(`${name}.cert.pem`, certificates), join(folder, "cert.pem"));
  copyFileSync(new URL(`${name}.key.pem`, certificates), join(folder, "key.pem"));
}

test("all routers show the new certificate, and a router that is started later, too", async () => {
  const old = await namesShown();
  expect(old.size).toBe(1);
  useCertificate("second");
  await server.reloadTls();
  expect(notes).toEqual(["took the new certificate"]);
  const shown = await untilOneName(old);

  giveOrder({ kind: "die", thread: "router 1" });
  giveOrder({ kind: "die", thread: "router 2" });
  const later = new Set<string>();
  while (notes.filter((line) => line.includes("died and is replaced")).length < 2)
    later.add(await nameShown());
  // Both are there again long before so many answers.
  for (let answers = 0; answers < 60;) {
    const name = await nameShown();
    later.add(name);
    if (name !== "none") answers += 1;
  }
  expect([...later].filter((name) => name !== "none")).toEqual([shown]);
});

test("a certificate that cannot be used changes nothing", async () => {
  const before = await namesShown();
  writeFileSync(join(folder, "cert.pem"), "no certificate");
  await server.reloadTls();
  expect(notes).toEqual([expect.stringContaining("kept the old certificate: ")]);
  expect(await namesShown()).toEqual(before);
});

/** Routers take it one after the other; resolves with the one name that is left, which must be another one. */
async function untilOneName(old: ReadonlySet<string>): Promise<string> {
  for (;;) {
    const names = await namesShown();
    const [name = ""] = names;
    if (names.size === 1 && !old.has(name) && !names.has("none")) return name;
  }
}

async function namesShown(): Promise<ReadonlySet<string>> {
  return new Set(await Promise.all(Array.from({ length: looks }, nameShown)));
}

/** Common name of the certificate that a new connection is shown. */
function nameShown(): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port: server.port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    // While no router listens.
    socket.once("error", () => resolve("none"));
  });
}
