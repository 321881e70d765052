/**
 * The least that a server on this machine can cost: node:http, JSON.parse, node:sqlite, an answer put together
 * from stored bytes, CRC-32. No checks, no tables, no errors. Each stage adds one thing, so that the difference
 * between two stages is what that thing costs.
 *
 * `node bench/ceiling/bare-server.ts PORT STAGE FOLDER`
 */
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { firstItems } from "../workloads.ts";
import { stageNames, type StageName } from "./stages.ts";

const [port = "", stageName = "", folder = ""] = process.argv.slice(2);
const stage = stageNames.find((name) => name === stageName);
if (stage === undefined) throw new Error(`unknown stage ${stageName}`);

type Handler = (body: Buffer, answer: (body: Buffer) => void) => void;

interface KeyRequest {
  readonly Key: { readonly pk: { readonly S: string } };
}

interface ItemRequest {
  readonly Item: { readonly pk: { readonly S: string } };
}

const handle = handlerOf(stage);
const empty = Buffer.from("{}");
const fixedItem = Buffer.from(JSON.stringify({ Item: firstItems(1)[0] }));

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    // The check that the server is up, and the one that it answers rightly, come with other targets.
    const target = String(request.headers["x-amz-target"]);
    if (target.endsWith("ListTables")) return send(response, empty);
    const body = chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks);
    return handle(body, (answer) => send(response, answer));
  });
}).listen(Number(port), "127.0.0.1");

function send(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": body.length,
    "x-amzn-requestid": "A".repeat(52),
    "x-amz-crc32": crc32(body),
  });
  response.end(body);
}

function handlerOf(name: StageName): Handler {
  switch (name) {
    case "get: http":
      return (_body, answer) => answer(fixedItem);
    case "get: + parse":
      return (body, answer) => {
        JSON.parse(body.toString("utf8"));
        answer(fixedItem);
      };
    case "get: + sqlite and splice":
      return getHandler();
    case "put: http":
      return (_body, answer) => answer(empty);
    case "put: + parse":
      return (body, answer) => {
        JSON.parse(body.toString("utf8"));
        answer(empty);
      };
    case "put: + encode":
      return (body, answer) => {
        encoded(body);
        answer(empty);
      };
    case "put: + sqlite, no sync":
      return putHandler("OFF");
    case "put: + sync":
      return putHandler("FULL");
  }
}

function getHandler(): Handler {
  const database = openDatabase("OFF");
  const put = database.prepare("INSERT INTO items VALUES (?, ?)");
  database.exec("BEGIN");
  for (const item of firstItems()) put.run(Buffer.from(item.pk.S), Buffer.from(JSON.stringify(item)));
  database.exec("COMMIT");
  const get = database.prepare("SELECT value FROM items WHERE key = ?");
  const head = Buffer.from('{"Item":');
  const tail = Buffer.from("}");
  return (body, answer) => {
    const { Key: key } = JSON.parse(body.toString("utf8")) as KeyRequest;
    const row = get.get(Buffer.from(key.pk.S)) as { value: Uint8Array } | undefined;
    answer(row === undefined ? empty : Buffer.concat([head, row.value, tail]));
  };
}

function encoded(body: Buffer): { key: Buffer; value: Buffer } {
  const { Item: item } = JSON.parse(body.toString("utf8")) as ItemRequest;
  const value = Buffer.from(JSON.stringify(item));
  crc32(value);
  return { key: Buffer.from(item.pk.S), value };
}

/** Whatever arrives in one turn of the event loop is committed together, then answered. */
function putHandler(synchronous: "OFF" | "FULL"): Handler {
  const database = openDatabase(synchronous);
  const put = database.prepare(
    "INSERT INTO items VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  let group: (() => void)[] = [];
  let open = false;
  const commit = (): void => {
    database.exec("COMMIT");
    const answers = group;
    group = [];
    open = false;
    for (const answer of answers) answer();
  };
  return (body, answer) => {
    const { key, value } = encoded(body);
    if (!open) {
      open = true;
      database.exec("BEGIN");
      setImmediate(commit);
    }
    put.run(key, value);
    group.push(() => answer(empty));
  };
}

function openDatabase(synchronous: "OFF" | "FULL"): DatabaseSync {
  const database = new DatabaseSync(join(folder, "ceiling.db"));
  database.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
  database.exec("CREATE TABLE items (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
  return database;
}
