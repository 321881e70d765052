/**
 * What a table gets when its items are there: a stream, so that its readers do not see the copying, and time to live, so
 * that nothing is deleted while it is copied. What the target will not do is named.
 */
import { type Caller, refusalText } from "./caller.ts";
import { describeTable, ttlAttributeOf } from "./describe-table.ts";
import { isJson, type Json, objectIn } from "./end.ts";
import { waitUntilActive } from "./make-table.ts";
import type { NotTakenOver } from "./not-taken-over.ts";
import { sortedJson, type TableFacts } from "./table-definition.ts";

export async function applyLateSettings(
  target: Caller,
  source: TableFacts,
  waived: ReadonlySet<string>,
): Promise<readonly NotTakenOver[]> {
  return [...(await applyStream(target, source, waived)), ...(await applyTimeToLive(target, source))];
}

/** The stream a table has, as UpdateTable takes it. */
function streamOf(description: Json): Json | undefined {
  const stream = objectIn(description, "StreamSpecification");
  return stream?.["StreamEnabled"] === true ? stream : undefined;
}

async function applyStream(
  target: Caller,
  { name, description }: TableFacts,
  waived: ReadonlySet<string>,
): Promise<readonly NotTakenOver[]> {
  const stream = streamOf(description);
  if (stream === undefined || waived.has("StreamSpecification")) return [];
  const hasIt = async (): Promise<boolean> => {
    const made = await describeTable(target, name);
    const present = made === undefined ? undefined : streamOf(made);
    return isJson(present) && sortedJson(present) === sortedJson(stream);
  };
  if (await hasIt()) return [];
  const outcome = await target.ask("UpdateTable", { TableName: name, StreamSpecification: stream });
  if (outcome.kind === "refused") {
    return [{ member: "StreamSpecification", reason: `the target refuses it: ${refusalText(outcome)}` }];
  }
  await waitUntilActive(target, name);
  return (await hasIt()) ? [] : [{ member: "StreamSpecification", reason: "the target has ignored it" }];
}

/** Not asked for where it was waived: then the source's attribute is not known. */
async function applyTimeToLive(
  target: Caller,
  { name, ttlAttribute }: TableFacts,
): Promise<readonly NotTakenOver[]> {
  if (ttlAttribute === undefined || (await ttlAttributeOf(target, name)) === ttlAttribute) return [];
  const outcome = await target.ask("UpdateTimeToLive", {
    TableName: name,
    TimeToLiveSpecification: { Enabled: true, AttributeName: ttlAttribute },
  });
  if (outcome.kind === "refused") {
    const reason = `(attribute ${ttlAttribute}) the target refuses it: ${refusalText(outcome)}`;
    return [{ member: "TimeToLive", reason }];
  }
  return (await ttlAttributeOf(target, name)) === ttlAttribute
    ? []
    : [{ member: "TimeToLive", reason: `(attribute ${ttlAttribute}) the target has ignored it` }];
}
