/** The server over TLS: signed requests of the real SDK, and a certificate that is renewed while it runs. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningServer, type ServerSettings, startServer } from "../../src/server/index.ts";

const certificates = new URL("certificates/", import.meta.url);
const secretAccessKey = "secret";
let folder = "";
let server: RunningServer | undefined;
const notes: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stator-tls-"));
  notes.length = 0;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function useCertificate(name: string): Promise<void> {
  await copyFile(new URL(`${name}.cert.pem`, certificates), join(folder, "cert.pem"));
  await copyFile(new URL(`${name}.key.pem`, certificates), join(folder, "key.pem"));
}

async function start(): Promise<RunningServer> {
  const settings: ServerSettings = {
    storage: { kind: "memory" },
    auth: { mode: "signed", credentials: new Map([["AKID", { accessKeyId: "AKID", secretAccessKey }]]) },
    region: "us-east-1",
    shared: false,
    delays: { createMs: 0, updateMs: 0, deleteMs: 0 },
    host: "127.0.0.1",
    port: 0,
    allowOpenNetwork: false,
    allowedHosts: [],
    tls: { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") },
    init: [],
    log: { requests: false },
    onNote: (line) => notes.push(line),
  };
  const outcome = await startServer(settings);
  if (outcome.kind === "refused") throw new Error(outcome.message);
  server = outcome.server;
  return outcome.server;
}

/** Common name of the certificate a new connection is shown. */
function certificateName({ port }: RunningServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe("TLS", () => {
  it("answers requests signed by the SDK, and refuses other keys", async () => {
    await useCertificate("first");
    const { endpoint } = await start();
    expect(endpoint).toMatch(/^https:/);
    const list = async (secret: string): Promise<unknown> => {
      const client = new DynamoDBClient({
        endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "AKID", secretAccessKey: secret },
        requestHandler: { httpsAgent: new Agent({ rejectUnauthorized: false }) },
      });
      try {
        return (await client.send(new ListTablesCommand())).TableNames;
      } finally {
        client.destroy();
      }
    };
    expect(await list(secretAccessKey)).toEqual([]);
    await expect(list("wrong")).rejects.toMatchObject({ name: "InvalidSignatureException" });
  });

  it("takes a new certificate without a restart, and keeps the old one when the new one is bad", async () => {
    await useCertificate("first");
    const running = await start();
    expect(await certificateName(running)).toBe("stator test first");
    await useCertificate("second");
    await running.reloadTls();
    expect(await certificateName(running)).toBe("stator test second");
    await writeFile(join(folder, "cert.pem"), "no certificate");
    await running.reloadTls();
    expect(await certificateName(running)).toBe("stator test second");
    expect(notes).toEqual(["took the new certificate", expect.stringContaining("kept the old certificate")]);
  });

  it("refuses a key that does not fit", async () => {
    await useCertificate("first");
    await copyFile(new URL("second.key.pem", certificates), join(folder, "key.pem"));
    await expect(start()).rejects.toThrow("cannot use the certificate");
  });
});
