// What the demo asks: each question with the request's own figures, printed as a short table.
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateScan,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Movie } from "./movies.ts";

const segments = 4;

export async function askQuestions(client: DynamoDBDocumentClient, table: string): Promise<void> {
  await printQuery(client, "the ten newest Westerns", {
    TableName: table,
    KeyConditionExpression: "genre = :genre",
    ExpressionAttributeValues: { ":genre": "Western" },
    ScanIndexForward: false,
    Limit: 10,
  });
  await printQuery(client, "horror of the summer of 1999", {
    TableName: table,
    KeyConditionExpression: "genre = :genre AND released BETWEEN :from AND :to",
    ExpressionAttributeValues: { ":genre": "Horror", ":from": "1999-06-01", ":to": "1999-09-01" },
  });
  await printQuery(client, "dramas since 2000 that many people liked", {
    TableName: table,
    KeyConditionExpression: "genre = :genre AND released >= :from",
    FilterExpression: "imdb.rating >= :good AND imdb.votes > :many",
    ExpressionAttributeValues: { ":genre": "Drama", ":from": "2000", ":good": 8, ":many": 100_000 },
  });
  await printGenres(client, table);
  await printOneMovie(client, table);
}

async function printQuery(
  client: DynamoDBDocumentClient,
  title: string,
  input: QueryCommandInput,
): Promise<void> {
  const startedMs = performance.now();
  const page = await client.send(new QueryCommand({ ...input, ReturnConsumedCapacity: "TOTAL" }));
  const ms = performance.now() - startedMs;
  console.log(
    `\n${title}\n  ${page.Count ?? 0} of ${page.ScannedCount ?? 0} items read, ${page.ConsumedCapacity?.CapacityUnits ?? 0} units, ${ms.toFixed(1)} ms`,
  );
  for (const item of page.Items ?? []) console.log(`  ${movieLine(item as Movie)}`);
}

function movieLine({ released, title, director, imdb, dollars }: Movie): string {
  const stars = imdb === undefined ? "   " : imdb.rating.toFixed(1);
  const gross = dollars?.worldwide === undefined ? "" : `${(dollars.worldwide / 1e6).toFixed(0)} M$`;
  return `${released.slice(0, 10)}  ${stars}  ${gross.padStart(8)}  ${title}${director === undefined ? "" : ` (${director})`}`;
}

/** The whole table in parallel segments, added up here. */
async function printGenres(client: DynamoDBDocumentClient, table: string): Promise<void> {
  const startedMs = performance.now();
  const genres = new Map<string, { count: number; dollars: number }>();
  const scanSegment = async (segment: number): Promise<void> => {
    const input = {
      TableName: table,
      Segment: segment,
      TotalSegments: segments,
      ProjectionExpression: "genre, dollars.worldwide",
    };
    for await (const page of paginateScan({ client }, input)) {
      for (const { genre, dollars } of (page.Items ?? []) as unknown as readonly Movie[]) {
        const sum = genres.get(genre) ?? { count: 0, dollars: 0 };
        genres.set(genre, { count: sum.count + 1, dollars: sum.dollars + (dollars?.worldwide ?? 0) });
      }
    }
  };
  await Promise.all(Array.from({ length: segments }, (_, segment) => scanSegment(segment)));
  const ms = performance.now() - startedMs;
  console.log(`\nall genres, from a scan in ${segments} segments, ${ms.toFixed(0)} ms`);
  for (const [genre, sum] of [...genres].toSorted(([, a], [, b]) => b.dollars - a.dollars)) {
    console.log(
      `  ${genre.padEnd(20)} ${String(sum.count).padStart(4)} movies  ${(sum.dollars / 1e9).toFixed(1).padStart(6)} G$`,
    );
  }
}

/** One item: read, counted up, and a put that its condition refuses. */
async function printOneMovie(client: DynamoDBDocumentClient, table: string): Promise<void> {
  const Key = { genre: "Thriller/Suspense", released: "1995-09-22#Se7en" };
  const found = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
  console.log(
    `\none movie\n  ${found.Item === undefined ? "it is not there" : movieLine(found.Item as Movie)}`,
  );
  const update = new UpdateCommand({
    TableName: table,
    Key,
    UpdateExpression: "SET seen = if_not_exists(seen, :none) + :one",
    ExpressionAttributeValues: { ":none": 0, ":one": 1 },
    ReturnValues: "UPDATED_NEW",
  });
  await client.send(update);
  const { Attributes: counted } = await client.send(update);
  console.log(`  seen ${String(counted?.["seen"])} times after two updates`);
  try {
    await client.send(
      new PutCommand({ TableName: table, Item: Key, ConditionExpression: "attribute_not_exists(released)" }),
    );
    throw new Error("the put of a movie that exists was not refused");
  } catch (error: unknown) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    console.log(`  putting it again if it does not exist: ${error.name}: ${error.message}`);
  }
}
