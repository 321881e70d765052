/** Far more clients than a server is meant for, which ask again and again whatever they are told. */
import { apiCall } from "../../bench/api-call.ts";
import { monotonicMs, systemClock } from "../../src/base/index.ts";
import { beaconTable } from "./stale-reads.ts";

export interface FloodEnd {
  readonly answered: number;
  readonly refused: number;
  /** No answer at all. */
  readonly broken: number;
  readonly longestMs: number;
}

const clientsEach = 200;
const itemBytes = 10_000;
const pauseMs = 200;

/** On each server, until `goOn` says no and the last answer has come. */
export async function flood(endpoints: readonly string[], goOn: () => boolean): Promise<FloodEnd> {
  const end = { answered: 0, refused: 0, broken: 0, longestMs: 0 };
  const filler = { S: "f".repeat(itemBytes) };
  const client = async (endpoint: string, key: string): Promise<void> => {
    while (goOn()) {
      const startedMs = monotonicMs();
      const request = { TableName: beaconTable, Item: { pk: { S: key }, filler } };
      const answer = await apiCall(endpoint, "PutItem", request).catch(() => undefined);
      end.longestMs = Math.max(end.longestMs, monotonicMs() - startedMs);
      if (answer === undefined) end.broken += 1;
      else if (answer.status === 200) end.answered += 1;
      else if (answer.status >= 500) end.refused += 1;
      else throw new Error(`PutItem: ${answer.status} ${answer.text}`);
      await systemClock().sleep(pauseMs);
    }
  };
  await Promise.all(
    endpoints.flatMap((endpoint) =>
      Array.from({ length: clientsEach }, (_, index) => client(endpoint, `flood-${index}`)),
    ),
  );
  return end;
}
