// `npm run demo`: 3,200 real movies over the wire. Starts the built server on a free port (or uses --endpoint),
// makes a table, loads the movies with the AWS SDK, asks a few questions, and ends by itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { builtServerCommand, startServerProcess } from "../bench/server-process.ts";
import { loadMovies } from "./demo/load-movies.ts";
import { readMovies } from "./demo/movies.ts";
import { askQuestions } from "./demo/questions.ts";

const { values } = parseArgs({
  options: {
    endpoint: { type: "string" },
    dataset: { type: "string" },
    table: { type: "string", default: "Movies" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`npm run demo -- [options]

  --endpoint URL   use a server that is running; absent: the built one, in memory, on a free port
  --table NAME     default Movies; it must not exist, and is deleted at the end
  --dataset FILE   another JSON file in the form of vega-datasets' movies.json`);
} else {
  await run();
}

async function run(): Promise<void> {
  const movies = readMovies(JSON.parse(readFileSync(values.dataset ?? datasetPath(), "utf8")));
  const server =
    values.endpoint === undefined ? await startServerProcess(builtServerCommand(["--memory"])) : undefined;
  const endpoint = values.endpoint ?? server?.endpoint ?? "";
  console.log(
    server === undefined
      ? `using ${endpoint}`
      : `a server in memory on ${endpoint}, ready in ${Math.round(server.readyMs)} ms`,
  );
  const client = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    await makeTable(client, values.table);
    const documents = DynamoDBDocumentClient.from(client);
    await loadMovies(documents, values.table, movies);
    await askQuestions(documents, values.table);
    await client.send(new DeleteTableCommand({ TableName: values.table }));
  } finally {
    client.destroy();
    await server?.stop();
  }
}

async function makeTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: "genre", AttributeType: "S" },
        { AttributeName: "released", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "genre", KeyType: "HASH" },
        { AttributeName: "released", KeyType: "RANGE" },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName });
}

/** The package exports only its code; its data files stand beside it. */
function datasetPath(): string {
  const entry = fileURLToPath(import.meta.resolve("vega-datasets"));
  return join(entry, "../../data/movies.json");
}
