/** The stream of a table on the source: the one it has, or one that the copy switches on and, in the end, off again. */
import type { Clock } from "../base/index.ts";
import { type Caller, refusalText } from "./caller.ts";
import type { ChangeSourceOptions } from "./change-source-types.ts";
import { CopyFailure } from "./copy-failure.ts";
import { describeKnownTable, describeTable } from "./describe-table.ts";
import { isUnknownOperation, type Json, objectIn, textIn } from "./end.ts";

/** Whether the source has such things as streams. Only that it does not know them is a no: a permission may be missing. */
export async function hasStreams(source: Caller, table: string): Promise<boolean> {
  const streams = source.with({ service: "DynamoDBStreams" });
  const outcome = await streams.ask("ListStreams", { TableName: table, Limit: 1 });
  return outcome.kind === "answer" || !isUnknownOperation(outcome);
}

/** ARN of the stream that takes the table's changes now. */
export function streamArn(description: Json): string | undefined {
  const isOn = objectIn(description, "StreamSpecification")?.["StreamEnabled"] === true;
  return isOn ? textIn(description, "LatestStreamArn") : undefined;
}

type SwitchOptions = Pick<ChangeSourceOptions, "source" | "clock" | "table" | "follow">;

const readyWithinMs = 10 * 60_000;
const readyPauseMs = 1000;

/** Resolves with the ARN when every change goes into the stream. Sets `place` and `switchedOn` of the follow state. */
export async function ensureStream(options: SwitchOptions, save: () => Promise<void>): Promise<string> {
  const { source, clock, table, follow } = options;
  if (streamArn(await describeKnownTable(source, table)) === undefined) {
    // Said before it is done: whoever goes on after a crash then knows whom the stream belongs to.
    follow.switchedOn = true;
    await save();
    await switchOn(options);
  }
  const untilMs = clock.nowMs() + readyWithinMs;
  for (;;) {
    const arn = streamArn(await describeKnownTable(source, table));
    if (arn !== undefined && (await isEnabled(source, arn))) {
      follow.place = arn;
      return arn;
    }
    if (clock.nowMs() >= untilMs) {
      throw new CopyFailure(`${source.end.name}: the stream of ${table} was not ready in 10 min`);
    }
    await source.pause(readyPauseMs);
  }
}

async function isEnabled(source: Caller, arn: string): Promise<boolean> {
  const streams = source.with({ service: "DynamoDBStreams" });
  const outcome = await streams.ask("DescribeStream", { StreamArn: arn, Limit: 1 });
  if (outcome.kind === "answer") {
    return textIn(objectIn(outcome.body, "StreamDescription") ?? {}, "StreamStatus") === "ENABLED";
  }
  // A stream that has just been switched on is not known everywhere at once.
  if (outcome.error === "ResourceNotFoundException") return false;
  throw new CopyFailure(`${source.end.name}: DescribeStream: ${refusalText(outcome)}`);
}

async function switchOn({ source, clock, table, follow }: SwitchOptions): Promise<void> {
  const specification = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" };
  const outcome = await updateStream({ source, clock }, table, specification);
  if (outcome === undefined || streamArn(await describeKnownTable(source, table)) !== undefined) return;
  follow.switchedOn = false;
  throw new CopyFailure(
    `${source.end.name}: a stream of ${table} cannot be switched on (${outcome}), so its changes cannot be followed; ` +
      "without --follow the copy goes on",
  );
}

/** What was done, for a person; a stream that was there before is left as it is. */
export async function endStream({ source, clock, table, follow }: SwitchOptions): Promise<string> {
  if (!follow.switchedOn) return "its stream stays as it was";
  const description = await describeTable(source, table);
  if (description === undefined || streamArn(description) !== follow.place) {
    return "its stream was switched off by someone else";
  }
  const outcome = await updateStream({ source, clock }, table, { StreamEnabled: false });
  return outcome === undefined
    ? "its stream is switched off again"
    : `its stream could not be switched off (${outcome}) and is still on`;
}

const busyWithinMs = 10 * 60_000;
const busyPauseMs = 5000;

/** Undefined when it is done; else why not. A table that is being changed is waited for. */
async function updateStream(
  { source, clock }: { readonly source: Caller; readonly clock: Clock },
  table: string,
  specification: Json,
): Promise<string | undefined> {
  const untilMs = clock.nowMs() + busyWithinMs;
  for (;;) {
    const input = { TableName: table, StreamSpecification: specification };
    const outcome = await source.ask("UpdateTable", input);
    if (outcome.kind === "answer") return undefined;
    if (outcome.error !== "ResourceInUseException" || clock.nowMs() >= untilMs) return refusalText(outcome);
    await source.pause(busyPauseMs);
  }
}
