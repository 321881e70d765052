// Requests that arrive at two routers of one store: what one of them answered holds at the other.
import { describe, expect, test } from "vitest";
import { type Engine, type Mutation, StorageError } from "../storage/contract/index.ts";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  type TableOperations,
  testNamespace,
} from "../testing/table-operations.ts";

async function twoRouters(): Promise<{ readonly here: TableOperations; readonly there: TableOperations }> {
  const here = await openTableOperations();
  return { here, there: await here.reopened() };
}

const item = (pk: string): JsonObject => ({ TableName: "Orders", Item: { pk: { S: pk } } });
const protect = { TableName: "Orders", DeletionProtectionEnabled: true };
const ResourceArn = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders";
const notFound = "ResourceNotFoundException: Requested resource not found";

function epoch({ catalog }: TableOperations): number | undefined {
  return catalog.find(testNamespace, "Orders")?.epoch;
}

/** Before the next mutation of this kind is decided, the other work is done. */
function before(engine: Engine, kind: string, work: () => Promise<unknown>): void {
  const mutate = engine.mutate.bind(engine);
  engine.mutate = async (mutation: Mutation) => {
    if (mutation.kind === kind) {
      engine.mutate = mutate;
      await work();
    }
    return mutate(mutation);
  };
}

describe("a table that another router", () => {
  test("made is there for every operation", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    expect(await there.answer("DescribeTable", { TableName: "Orders" })).toMatchObject({
      Table: { TableName: "Orders", TableStatus: "ACTIVE" },
    });
    await here.answer("CreateTable", onDemandTable("Refunds"));
    expect(await there.answer("ListTables", {})).toMatchObject({ TableNames: ["Orders", "Refunds"] });
    expect(await there.refusal("CreateTable", onDemandTable("Orders"))).toContain("ResourceInUseException");
    await here.answer("PutItem", item("one"));
    expect(await there.answer("Scan", { TableName: "Orders" })).toMatchObject({ Count: 1 });
  });

  test("deleted is gone, and one made again in its place is empty", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    await there.answer("PutItem", item("one"));
    await here.answer("DeleteTable", { TableName: "Orders" });
    expect(await there.refusal("PutItem", item("two"))).toBe(notFound);
    await here.answer("CreateTable", onDemandTable("Orders"));
    expect(await there.answer("Scan", { TableName: "Orders" })).toMatchObject({ Count: 0 });
    await there.answer("PutItem", item("two"));
    expect(await here.answer("Scan", { TableName: "Orders" })).toMatchObject({ Count: 1 });
  });
});

describe("a change that another router makes", () => {
  test("while a write is under way makes that write begin again", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    before(there.engine, "item", () => here.answer("UpdateTable", protect));
    await there.answer("PutItem", item("one"));
    expect([epoch(there), epoch(here)]).toEqual([2, 2]);
    expect(await here.answer("Scan", { TableName: "Orders" })).toMatchObject({ Count: 1 });
  });

  test("that drops the table under a write ends the write", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    before(there.engine, "item", async () => {
      await here.answer("DeleteTable", { TableName: "Orders" });
      await here.catalog.step();
    });
    expect(await there.refusal("PutItem", item("one"))).toBe(notFound);
  });

  test("of the same table comes first, and both take effect", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    before(there.engine, "catalog.change", () => here.answer("UpdateTable", protect));
    await there.answer("UpdateTable", { TableName: "Orders", TableClass: "STANDARD_INFREQUENT_ACCESS" });
    expect(await here.answer("DescribeTable", { TableName: "Orders" })).toMatchObject({
      Table: {
        DeletionProtectionEnabled: true,
        TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
      },
    });
  });

  test("of the same table can be in the way of this one", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    before(there.engine, "catalog.change", () => here.answer("UpdateTable", protect));
    expect(await there.refusal("DeleteTable", { TableName: "Orders" })).toContain(
      "currently protected against deletion",
    );
  });

  test("while this one waits for its turn is seen when it comes", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    await there.catalog.catchUp();
    const mutate = there.engine.mutate.bind(there.engine);
    const [decided, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    there.engine.mutate = async (mutation) => {
      there.engine.mutate = mutate;
      const outcome = await mutate(mutation);
      decided.resolve();
      await answered.promise;
      return outcome;
    };
    const first = there.answer("UpdateTable", protect);
    await decided.promise;
    const second = there.answer("UntagResource", { ResourceArn, TagKeys: ["k"] });
    await here.answer("TagResource", { ResourceArn, Tags: [{ Key: "k", Value: "v" }] });
    answered.resolve();
    await Promise.all([first, second]);
    expect(await here.answer("ListTagsOfResource", { ResourceArn })).toEqual({ Tags: [] });
  });

  test("without end is answered with 500 after some attempts", async () => {
    const { here } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    let attempts = 0;
    here.engine.mutate = async () => {
      attempts += 1;
      return { kind: "staleEpoch", keyspace: 1000, epoch: attempts };
    };
    expect(await here.refusal("PutItem", item("one"))).toContain("InternalServerError");
    expect(attempts).toBe(10);
  });
});

describe("the look at the catalog's log", () => {
  function countingLogEnds(engine: Engine): { calls: number } {
    const count = { calls: 0 };
    const logEnd = engine.logEnd.bind(engine);
    engine.logEnd = (shard) => {
      count.calls += 1;
      return logEnd(shard);
    };
    return count;
  }

  test("is not taken by requests while no table changes", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    const looks = countingLogEnds(there.engine);
    for (const pk of ["one", "two", "three"]) await there.answer("PutItem", item(pk));
    expect(looks.calls).toBe(1);
  });

  test("that fails fails the request and nothing else", async () => {
    const { here, there } = await twoRouters();
    await here.answer("CreateTable", onDemandTable("Orders"));
    const logEnd = there.engine.logEnd.bind(there.engine);
    for (const code of ["unavailable", "corrupted"] as const) {
      there.engine.logEnd = async () => {
        throw new StorageError(code, "planned");
      };
      expect(await there.refusal("PutItem", item("one"))).toBe(`${code}: planned`);
      expect(await there.refusal("PutItem", {})).toContain("ValidationException");
    }
    there.engine.logEnd = logEnd;
    await there.answer("PutItem", item("one"));
    expect(await here.answer("Scan", { TableName: "Orders" })).toMatchObject({ Count: 1 });
  });
});
