// Writes all movies in batches of 25, a few batches at a time, with a bar that shows how far it is.
import process from "node:process";
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import type { Movie } from "./movies.ts";

const batchSize = 25;
const batchesAtOnce = 8;
const barWidth = 40;

export async function loadMovies(
  client: DynamoDBDocumentClient,
  table: string,
  movies: readonly Movie[],
): Promise<void> {
  const startedMs = performance.now();
  const batches = Array.from({ length: Math.ceil(movies.length / batchSize) }, (_, index) =>
    movies.slice(index * batchSize, (index + 1) * batchSize),
  ).values();
  let loaded = 0;
  const loader = async (): Promise<void> => {
    // One iterator for all loaders: each batch goes to whoever is free.
    for (const batch of batches) {
      await writeBatch(client, table, batch);
      loaded += batch.length;
      drawBar(loaded, movies.length);
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, loader));
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${movies.length} movies in ${seconds.toFixed(2)} s, ${Math.round(movies.length / seconds)} items/s`,
  );
}

/** A server may leave some of a batch for later. */
async function writeBatch(
  client: DynamoDBDocumentClient,
  table: string,
  batch: readonly Movie[],
): Promise<void> {
  let left: BatchWriteCommandInput["RequestItems"] = {
    [table]: batch.map((movie) => ({ PutRequest: { Item: { ...movie } } })),
  };
  while (left !== undefined && Object.keys(left).length > 0) {
    const answer: BatchWriteCommandOutput = await client.send(new BatchWriteCommand({ RequestItems: left }));
    left = answer.UnprocessedItems;
  }
}

function drawBar(done: number, all: number): void {
  // In a file or a log one line at the end says it all.
  if (!process.stdout.isTTY) return;
  const filled = Math.round((barWidth * done) / all);
  const bar = "#".repeat(filled).padEnd(barWidth, ".");
  process.stdout.write(`\rloading [${bar}] ${String(done).padStart(5)} of ${all}${done === all ? "\n" : ""}`);
}
