/**
 * Reads of a spread store. What lies under one head is of one moment; what lies under several is not, unless the heads are
 * taken, since no snapshot holds on several servers.
 */
import type { CounterId, Keyspace, RecordKey, StoredRecord } from "../contract/index.ts";
import type { PostgresRow, PostgresSession } from "./driver.ts";
import { namesOf } from "./head-holds.ts";
import { type Head, type HeadMap, inOrder } from "./heads.ts";
import { keyListParameters } from "./key-lists.ts";
import { holdDigest, holdNameOf } from "./key-names.ts";
import { type Ask, Reader } from "./reader.ts";
import { spreadSql } from "./spread-statements.ts";
import { sql } from "./statements.ts";
import { storedBytes } from "./stored-key.ts";
import { bytesArrayText, bytesOf, numberOf } from "./wire-values.ts";

type Records = (StoredRecord | undefined)[];

export class SpreadReader extends Reader {
  readonly #map: HeadMap;

  constructor(map: HeadMap) {
    super(map);
    this.#map = map;
  }

  /** Alone: several keys would be several statements, too. */
  override get(ask: Ask, key: RecordKey): Promise<StoredRecord | undefined> {
    return this.getOne(ask, key);
  }

  /** Of one moment for each head. */
  override getMany(ask: Ask, keys: readonly RecordKey[]): Promise<Records> {
    return ask((session) => recordsOf(keys, this.#asking(session, keys)));
  }

  /** Of one moment. The transaction takes the heads, and is given up: it changes nothing. */
  getTogether(askAlone: Ask, keys: readonly RecordKey[]): Promise<Records> {
    const heads = inOrder(keys.map(({ placement }) => this.#map.ofPlacement(placement)));
    if (heads.length < 2) return this.getMany(askAlone, keys);
    return askAlone(async (session) => {
      const taking = [
        session.query(sql.begin),
        ...heads.map((head) => session.query(spreadSql.takeHead, [head])),
      ];
      const records = recordsOf(keys, this.#asking(session, keys));
      const ending = session.query(sql.rollback);
      await Promise.allSettled([...taking, records, ending]);
      await Promise.all([...taking, ending]);
      return records;
    });
  }

  override async counter(ask: Ask, { keyspace, index, part }: CounterId): Promise<number> {
    const statement = part === undefined ? spreadSql.readCounter : spreadSql.readPartCounter;
    const stored = part === undefined ? undefined : storedBytes(part);
    const rest = stored === undefined ? [keyspace, index] : [keyspace, index, stored.head, stored.digest];
    const answers = await ask((session) =>
      Promise.all(this.#map.all.map((head) => session.query(statement, [head, ...rest]))),
    );
    const values = answers.flatMap(({ rows }) => rows.map(([value]) => numberOf(value)));
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** Who lives is asked last, so that what is found here was held when this was asked. */
  override async held(ask: Ask, keys: readonly RecordKey[]): Promise<ReadonlySet<number>> {
    if (keys.length === 0) return new Set();
    const digests = keys.map(holdDigest);
    const rows = await ask(async (session) => {
      const answers = byHead(keys, this.#map).map(({ head, positions }) => {
        const wanted = positions.map((position) => digests[position] ?? new Uint8Array());
        return session.query(spreadSql.heldKeys, [head, bytesArrayText(wanted)]);
      });
      const living = session.query(spreadSql.livingMembers);
      const found = (await Promise.all(answers)).flatMap((answer) => answer.rows);
      const members = namesOf((await living).rows);
      return found.filter(([, member]) => members.has(member ?? ""));
    });
    const names = new Set(rows.map(([key]) => holdNameOf(bytesOf(key))));
    return new Set([...digests.entries()].flatMap(([at, name]) => (names.has(holdNameOf(name)) ? [at] : [])));
  }

  override async keyspaces(
    ask: Ask,
    after: Keyspace | undefined,
    countMax: number,
  ): Promise<readonly Keyspace[]> {
    const { listOfRecords, listOfCounters, listOfPartCounters, listOfKeyspaces } = spreadSql;
    const lists = [listOfRecords, listOfCounters, listOfPartCounters, listOfKeyspaces];
    const answers = await ask((session) =>
      Promise.all(lists.map((list) => session.query(list, [after ?? -1, countMax]))),
    );
    const used = new Set(answers.flatMap(({ rows }) => rows.map(([keyspace]) => numberOf(keyspace))));
    return [...used].toSorted((left, right) => left - right).slice(0, countMax);
  }

  #asking(session: PostgresSession, keys: readonly RecordKey[]): readonly Promise<Found>[] {
    return byHead(keys, this.#map).map(async ({ head, positions }) => {
      const own = positions.flatMap((position) => keys[position] ?? []);
      const { rows } = await session.query(spreadSql.getRecords, [head, ...keyListParameters(own)]);
      return { positions, rows };
    });
  }
}

interface Found {
  /** Of the keys that were asked for, in their order. */
  readonly positions: readonly number[];
  readonly rows: readonly PostgresRow[];
}

async function recordsOf(keys: readonly RecordKey[], answers: readonly Promise<Found>[]): Promise<Records> {
  const records: Records = keys.map(() => undefined);
  for (const { positions, rows } of await Promise.all(answers)) {
    for (const [place, version, value] of rows) {
      const position = positions[numberOf(place) - 1] ?? -1;
      const key = keys[position];
      if (key === undefined) continue;
      records[position] = { key, version: numberOf(version), value: bytesOf(value) };
    }
  }
  return records;
}

interface OfHead {
  readonly head: Head;
  /** Of keys. */
  readonly positions: readonly number[];
}

function byHead(keys: readonly RecordKey[], map: HeadMap): readonly OfHead[] {
  const positions = new Map<Head, number[]>();
  for (const [position, { placement }] of keys.entries()) {
    const head = map.ofPlacement(placement);
    const own = positions.get(head);
    if (own === undefined) positions.set(head, [position]);
    else own.push(position);
  }
  return inOrder([...positions.keys()]).map((head) => ({ head, positions: positions.get(head) ?? [] }));
}
