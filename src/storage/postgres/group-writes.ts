/** All that a group writes, as statements on their way behind each other; whoever sends them waits for them. */
import type { RecordKey } from "../contract/index.ts";
import type { PostgresResult, PostgresSession } from "./driver.ts";
import type { GroupKey } from "./group-keys.ts";
import type { GroupState, TakenHead } from "./group-state.ts";
import type { Head, HeadMap } from "./heads.ts";
import { holdDigest } from "./key-names.ts";
import type { Layout } from "./layout.ts";
import { sql } from "./statements.ts";
import { storedBytes } from "./stored-key.ts";
import type {
  ChangedShard,
  CounterChange,
  PartChange,
  RecordPut,
  SendWrite,
  WriteForms,
} from "./write-forms.ts";

export interface GroupWrites {
  readonly session: PostgresSession;
  readonly map: HeadMap;
  readonly layout: Layout;
  readonly heads: readonly TakenHead[];
  /** As the heads have it. */
  readonly generation: number;
  readonly state: GroupState;
  readonly placed: readonly { readonly key: RecordKey; readonly holdId: string }[];
  readonly released: readonly string[];
  /** As `HeadHolds` has them; absent, too, while nothing is held. */
  readonly livingMembers: readonly string[] | undefined;
  readonly memberId: string;
  readonly commitId: string;
}

export function sendWrites(writes: GroupWrites): readonly Promise<PostgresResult>[] {
  const sent: Promise<PostgresResult>[] = [];
  const send: SendWrite = (statement, parameters) => {
    sent.push(writes.session.query(statement, parameters));
  };
  const { state, heads, generation, layout } = writes;
  const { writes: forms } = layout;
  for (const section of layout.sectionsOf(heads)) {
    const sending: Sending = {
      forms,
      send,
      heads: new Map(section.map(({ head, n }) => [head, n])),
    };
    sendRecords(state, sending);
    sendLog(writes, sending);
    sendCounters(state, sending);
  }
  for (const { head } of heads) {
    sendHolds(writes, head, { forms, send });
    if (state.changedKeyspaces.size > 0) send(sql.raiseGeneration, [head, generation + 1]);
  }
  for (const [keyspace, { epoch, phase }] of state.changedKeyspaces) {
    send(sql.putKeyspace, [keyspace, epoch, phase]);
  }
  send(sql.addCommit, [heads[0]?.head ?? 0, writes.commitId]);
  return sent;
}

interface Sending {
  readonly forms: WriteForms;
  readonly send: SendWrite;
  /** With the number of the group under each. */
  readonly heads: ReadonlyMap<Head, number>;
}

function sendRecords(state: GroupState, { forms, send, heads }: Sending): void {
  const puts: RecordPut[] = [];
  const deletes: GroupKey[] = [];
  for (const key of state.changedRecords) {
    const { head, record } = key;
    if (!heads.has(head)) continue;
    if (record === undefined) deletes.push(key);
    else puts.push({ key, version: record.version, value: record.value });
  }
  if (deletes.length > 0) forms.deleteRecords(send, deletes);
  if (puts.length > 0) forms.putRecords(send, puts);
}

function sendLog({ map, state }: GroupWrites, { forms, send, heads }: Sending): void {
  const appends = state.appends.filter(({ head }) => heads.has(head));
  if (appends.length > 0) forms.appendLog(send, appends);
  const changed: ChangedShard[] = [];
  for (const shard of state.changedShards) {
    const head = map.ofShard(shard);
    const n = heads.get(head);
    if (n !== undefined) changed.push({ head, n, shard, ...state.shard(shard) });
  }
  if (changed.length > 0) forms.putShards(send, changed);
}

function sendHolds(writes: GroupWrites, head: Head, { forms, send }: Pick<Sending, "forms" | "send">): void {
  const { map, placed, released, livingMembers, memberId } = writes;
  const own = placed.filter(({ key }) => map.ofPlacement(key.placement) === head);
  if (released.length > 0) forms.releaseHolds(send, { head, holdIds: released, livingMembers });
  for (const holdId of new Set(own.map((each) => each.holdId))) {
    const keys = own.filter((each) => each.holdId === holdId).map(({ key }) => holdDigest(key));
    forms.placeHolds(send, { head, holdId, memberId, keys });
  }
  if (own.length + released.length > 0) send(sql.countHolds, [head]);
}

function sendCounters(state: GroupState, { forms, send, heads }: Sending): void {
  const whole: CounterChange[] = [];
  const parts: PartChange[] = [];
  for (const { counter, deltas } of state.changedCounters.values()) {
    for (const [head, delta] of deltas) {
      if (delta === 0 || !heads.has(head)) continue;
      if (counter.part === undefined) whole.push({ head, counter, delta });
      else parts.push({ head, counter, delta, stored: storedBytes(counter.part) });
    }
  }
  if (whole.length > 0) forms.addCounters(send, whole);
  if (parts.length > 0) forms.addPartCounters(send, parts);
}
