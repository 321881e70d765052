// UpdateTable on a table: what each change answers at once and shows later, and what a table's state forbids.
import { describe, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  provisionedTable,
  startMs,
  type TableOperations,
  testNamespace,
  units,
} from "../testing/table-operations.ts";

const prefix = "ValidationException: One or more parameter values were invalid: ";
const inUse = "ResourceInUseException: Attempt to change a resource which is still in use: ";
const TableName = "Orders";
const dayMs = 86_400_000;

/** A table of the name Orders, made, and the calls on it. */
interface Subject extends TableOperations {
  readonly update: (changes: JsonObject) => Promise<JsonObject>;
  readonly refused: (changes: JsonObject) => Promise<string>;
  readonly describe: () => Promise<JsonObject>;
}

async function subject(
  request: JsonObject,
  delays: Parameters<typeof openTableOperations>[0] = { updateMs: 1000 },
): Promise<Subject> {
  const tables = await openTableOperations(delays);
  await tables.answer("CreateTable", request);
  return {
    ...tables,
    update: async (changes) =>
      (await tables.answer("UpdateTable", { TableName, ...changes }))["TableDescription"] as JsonObject,
    refused: (changes) => tables.refusal("UpdateTable", { TableName, ...changes }),
    describe: async () => (await tables.answer("DescribeTable", { TableName }))["Table"] as JsonObject,
  };
}

const provisioned = (reads: number, writes: number): JsonObject => provisionedTable(TableName, reads, writes);
const onDemand = (more: JsonObject = {}): JsonObject => onDemandTable(TableName, more);
const throughput = (reads: number, writes: number): JsonObject => ({
  ProvisionedThroughput: units(reads, writes),
});
const seconds = (afterMs: number): number => (startMs + afterMs) / 1000;

describe("provisioned throughput", () => {
  test("answers the old units with the new times, and shows the new units when the update is over", async () => {
    const { update, describe: shown, clock } = await subject(provisioned(10, 10));
    await clock.advance(500);
    const answered = await update(throughput(20, 5));
    const updating = {
      TableStatus: "UPDATING",
      ProvisionedThroughput: {
        LastIncreaseDateTime: seconds(500),
        LastDecreaseDateTime: seconds(500),
        NumberOfDecreasesToday: 0,
        ...units(10, 10),
      },
    };
    expect(answered).toMatchObject(updating);
    expect(await shown()).toMatchObject(updating);
    await clock.advance(1000);
    expect(await shown()).toMatchObject({
      TableStatus: "ACTIVE",
      ProvisionedThroughput: {
        LastIncreaseDateTime: seconds(500),
        LastDecreaseDateTime: seconds(500),
        NumberOfDecreasesToday: 1,
        ...units(20, 5),
      },
      WarmThroughput: { ReadUnitsPerSecond: 20, WriteUnitsPerSecond: 10, Status: "ACTIVE" },
    });
  });

  test("goes on after a restart in the middle of the update", async () => {
    const { update, clock, reopened } = await subject(provisioned(1, 1));
    await update(throughput(2, 2));
    const again = await reopened();
    expect((await again.answer("DescribeTable", { TableName }))["Table"]).toMatchObject({
      TableStatus: "UPDATING",
    });
    await clock.advance(1000);
    expect((await again.answer("DescribeTable", { TableName }))["Table"]).toMatchObject({
      TableStatus: "ACTIVE",
      ProvisionedThroughput: units(2, 2),
    });
  });

  test("may come with the billing mode the table has", async () => {
    const { update, describe: shown } = await subject(provisioned(1, 1), {});
    await update({ BillingMode: "PROVISIONED", ...throughput(2, 2) });
    expect(await shown()).toMatchObject({ TableStatus: "ACTIVE", ProvisionedThroughput: units(2, 2) });
    expect(await shown()).not.toHaveProperty("BillingModeSummary");
  });

  test.each([{}, { BillingMode: "PROVISIONED" }])("that does not change is refused (%j)", async (mode) => {
    const { refused } = await subject(provisioned(3, 4));
    expect(await refused({ ...mode, ...throughput(3, 4) })).toBe(
      "ValidationException: The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: 3. Requested ReadCapacityUnits: 3. Current WriteCapacityUnits provisioned for the table: 4. Requested WriteCapacityUnits: 4. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  });

  test("of an on-demand table is refused", async () => {
    const { refused } = await subject(onDemand());
    expect(await refused(throughput(1, 1))).toBe(
      `${prefix}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    );
  });

  test("above the table's quota is refused", async () => {
    const { refused } = await subject(provisioned(1, 1));
    expect(await refused(throughput(1, 40_001))).toBe(
      "LimitExceededException: The requested WriteCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  });

  test("decreases four times a day, then once an hour, and at midnight anew", async () => {
    const { update, refused, describe: shown, clock } = await subject(provisioned(20, 20), {});
    await clock.advance(20 * 60_000);
    for (const reads of [19, 18, 17, 16]) await update(throughput(reads, 20));
    const spent = (today: number, last: string, next: string): string =>
      "LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. " +
      `Number of decreases today: ${today}. Last decrease at ${last} Coordinated Universal Time. Next decrease can be made at ${next} Coordinated Universal Time`;
    await clock.advance(60_000);
    expect(await refused(throughput(15, 21))).toBe(
      spent(4, "Thursday, October 8, 2026 at 11:20:00 PM", "Friday, October 9, 2026 at 12:00:00 AM"),
    );
    await update(throughput(17, 21));
    expect(await shown()).toMatchObject({ ProvisionedThroughput: { NumberOfDecreasesToday: 4 } });

    await clock.advance(39 * 60_000);
    expect(await shown()).toMatchObject({ ProvisionedThroughput: { NumberOfDecreasesToday: 0 } });
    for (const reads of [16, 15, 14, 13]) await update(throughput(reads, 21));
    expect(await refused(throughput(12, 21))).toBe(
      spent(4, "Friday, October 9, 2026 at 12:00:00 AM", "Friday, October 9, 2026 at 1:00:00 AM"),
    );
    await clock.advance(3_600_000);
    await update(throughput(12, 21));
    expect(await refused(throughput(11, 21))).toBe(
      spent(5, "Friday, October 9, 2026 at 1:00:00 AM", "Friday, October 9, 2026 at 2:00:00 AM"),
    );
  });

  test("racing with another change never mixes the two", async () => {
    const { refused, describe: shown } = await subject(provisioned(1, 1));
    const texts = await Promise.all([refused(throughput(9, 1)), refused(throughput(1, 9))]);
    expect(texts[1]).toBe(`${inUse}Table IOPS are currently being updated. Table: Orders`);
    expect(await shown()).toMatchObject({ TableStatus: "UPDATING", ProvisionedThroughput: units(1, 1) });
  });
});

describe("billing mode", () => {
  test("to on-demand shows at once; its time and warm throughput when the switch is over", async () => {
    const {
      update,
      describe: shown,
      clock,
    } = await subject(provisioned(5, 5), { updateMs: 9, billingModeMs: 2000 });
    const answered = await update({
      BillingMode: "PAY_PER_REQUEST",
      OnDemandThroughput: { MaxReadRequestUnits: 7 },
    });
    expect(answered).toMatchObject({
      TableStatus: "UPDATING",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...units(0, 0) },
      WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 5, Status: "ACTIVE" },
      OnDemandThroughput: { MaxReadRequestUnits: 7 },
    });
    expect(answered["BillingModeSummary"]).not.toHaveProperty("LastUpdateToPayPerRequestDateTime");
    await clock.advance(2000);
    expect(await shown()).toMatchObject({
      TableStatus: "ACTIVE",
      BillingModeSummary: {
        BillingMode: "PAY_PER_REQUEST",
        LastUpdateToPayPerRequestDateTime: seconds(2000),
      },
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
    });
  });

  test("to provisioned drops the on-demand limits and keeps the summary and the warm throughput", async () => {
    const { update, describe: shown } = await subject(
      onDemand({ OnDemandThroughput: { MaxReadRequestUnits: 7 } }),
      {},
    );
    const answered = await update({ BillingMode: "PROVISIONED", ...throughput(2, 3) });
    expect(answered).toMatchObject({ TableStatus: "UPDATING", ProvisionedThroughput: units(2, 3) });
    const after = await shown();
    expect(after).toMatchObject({
      TableStatus: "ACTIVE",
      BillingModeSummary: { BillingMode: "PROVISIONED", LastUpdateToPayPerRequestDateTime: seconds(0) },
      ProvisionedThroughput: units(2, 3),
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
    });
    expect(after).not.toHaveProperty("OnDemandThroughput");
  });

  test("asked for again says UPDATING and changes nothing", async () => {
    const { update, describe: shown, catalog } = await subject(onDemand());
    expect(await update({ BillingMode: "PAY_PER_REQUEST" })).toMatchObject({ TableStatus: "UPDATING" });
    expect(await shown()).toMatchObject({ TableStatus: "ACTIVE" });
    expect(catalog.find(testNamespace, TableName)?.epoch).toBe(1);
  });
});

describe("on-demand limits", () => {
  test("merge, take effect at once, and are taken away by -1, which only the answer shows", async () => {
    const { update, describe: shown } = await subject(onDemand());
    const step = async (limits: JsonObject): Promise<readonly unknown[]> => {
      const answered = await update({ OnDemandThroughput: limits });
      const { OnDemandThroughput, TableStatus } = await shown();
      return [answered["TableStatus"], answered["OnDemandThroughput"], TableStatus, OnDemandThroughput];
    };
    const [reads, writes] = ["MaxReadRequestUnits", "MaxWriteRequestUnits"] as const;
    const both = { [reads]: 1000, [writes]: 500 };
    expect(await step(both)).toEqual(["ACTIVE", both, "ACTIVE", both]);
    expect(await step({ [reads]: 2000 })).toEqual([
      "ACTIVE",
      { ...both, [reads]: 2000 },
      "ACTIVE",
      { ...both, [reads]: 2000 },
    ]);
    expect(await step({ [reads]: -1 })).toEqual([
      "ACTIVE",
      { ...both, [reads]: -1 },
      "ACTIVE",
      { [writes]: 500 },
    ]);
    expect(await step({ [writes]: -1 })).toEqual(["ACTIVE", { [writes]: -1 }, "ACTIVE", undefined]);
    expect(await step({ [writes]: -1 })).toEqual(["ACTIVE", { [writes]: -1 }, "ACTIVE", undefined]);
  });

  test("of a provisioned table are refused", async () => {
    const { refused } = await subject(provisioned(1, 1));
    expect(await refused({ OnDemandThroughput: { MaxWriteRequestUnits: 1 } })).toBe(
      `${prefix}MaxWriteRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
    );
  });

  test("above the quota are refused", async () => {
    const { refused } = await subject(onDemand());
    expect(await refused({ OnDemandThroughput: { MaxReadRequestUnits: 40_001 } })).toBe(
      "LimitExceededException: Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds TableMaxReadCapacityUnits of the account in region us-east-1",
    );
  });

  test("that are empty are dropped beside another change", async () => {
    const { update } = await subject(onDemand());
    expect(
      await update({ OnDemandThroughput: {}, WarmThroughput: {}, DeletionProtectionEnabled: true }),
    ).toMatchObject({
      DeletionProtectionEnabled: true,
    });
  });
});

describe("warm throughput", () => {
  const warm = (reads: number, writes: number): JsonObject => ({
    WarmThroughput: { ReadUnitsPerSecond: reads, WriteUnitsPerSecond: writes },
  });
  const shownAs = (reads: number, writes: number, Status: string): JsonObject => ({
    TableStatus: "ACTIVE",
    WarmThroughput: { ReadUnitsPerSecond: reads, WriteUnitsPerSecond: writes, Status },
  });

  test("rises while the table stays ACTIVE; the last request wins", async () => {
    const { update, describe: shown, clock } = await subject(onDemand(), { warmMs: 3000 });
    expect(await update(warm(13_000, 5000))).toMatchObject(shownAs(12_000, 4000, "UPDATING"));
    await clock.advance(1000);
    await update({ WarmThroughput: { ReadUnitsPerSecond: 14_000 } });
    await clock.advance(2999);
    expect(await shown()).toMatchObject(shownAs(12_000, 4000, "UPDATING"));
    await clock.advance(1);
    expect(await shown()).toMatchObject(shownAs(14_000, 5000, "ACTIVE"));
  });

  test("says UPDATING once even when it takes no time, also for the same values", async () => {
    const { update, describe: shown } = await subject(onDemand(), {});
    expect(await update(warm(12_000, 4000))).toMatchObject(shownAs(12_000, 4000, "UPDATING"));
    expect(await shown()).toMatchObject(shownAs(12_000, 4000, "ACTIVE"));
  });

  test.each([
    [{ ReadUnitsPerSecond: 11_999 }, "ReadUnitsPerSecond"],
    [{ ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: -1 }, "WriteUnitsPerSecond"],
  ])("never falls: %j", async (asked, member) => {
    const { refused } = await subject(onDemand());
    expect(await refused({ WarmThroughput: asked })).toBe(
      `${prefix}Requested ${member} for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported`,
    );
  });

  test("above the quota is refused", async () => {
    const { refused } = await subject(onDemand());
    expect(await refused(warm(40_001, 4000))).toBe(
      "LimitExceededException: Subscriber limit exceeded: Requested ReadUnitsPerSecond for WarmThroughput for table exceeds TableMaxReadCapacityUnits of the account in region us-east-1",
    );
  });
});

describe("table class", () => {
  const infrequent = { TableClass: "STANDARD_INFREQUENT_ACCESS" };
  const standard = { TableClass: "STANDARD" };

  test("answers the old class, and shows the new one when the update is over", async () => {
    const { update, describe: shown, clock } = await subject(onDemand(), { tableClassMs: 10 });
    const answered = await update(infrequent);
    expect(answered).toMatchObject({ TableStatus: "UPDATING" });
    expect(answered).not.toHaveProperty("TableClassSummary");
    await clock.advance(10);
    expect(await shown()).toMatchObject({
      TableStatus: "ACTIVE",
      TableClassSummary: { ...infrequent, LastUpdateDateTime: seconds(0) },
    });
  });

  test("asked for again says UPDATING and changes nothing", async () => {
    const { update, describe: shown } = await subject(onDemand());
    expect(await update(standard)).toMatchObject({ TableStatus: "UPDATING" });
    expect(await shown()).toMatchObject({ TableStatus: "ACTIVE" });
    expect(await shown()).not.toHaveProperty("TableClassSummary");
  });

  test("changes twice in thirty days; then even the present class is refused", async () => {
    const { update, refused, clock } = await subject(onDemand(), {});
    await update(infrequent);
    await clock.advance(dayMs);
    await update(standard);
    for (const asked of [infrequent, standard]) {
      expect(await refused(asked)).toBe(
        "LimitExceededException: Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).",
      );
    }
    await clock.advance(29 * dayMs);
    await update(infrequent);
  });
});

describe("deletion protection", () => {
  const protection = (enabled: boolean): JsonObject => ({ DeletionProtectionEnabled: enabled });

  test("takes effect at once", async () => {
    const { update } = await subject(onDemand(), {});
    for (const enabled of [true, true, false]) {
      expect(await update(protection(enabled))).toMatchObject({
        TableStatus: "ACTIVE",
        ...protection(enabled),
      });
    }
  });

  test("changes again after 15 seconds only, where updates take time", async () => {
    const { update, refused, clock } = await subject(onDemand(), { updateMs: 1 });
    await update(protection(true));
    await clock.advance(14_999);
    for (const enabled of [false, true]) {
      expect(await refused(protection(enabled))).toBe(
        "ThrottlingException: Deletion protection setting for table Orders modified within the previous 15000 milliseconds. Please try again after 2026-10-08T23:00:15.000",
      );
    }
    await clock.advance(1);
    await update(protection(false));
  });
});

describe("a status in the way", () => {
  const protection = { DeletionProtectionEnabled: true };
  const warm = { WarmThroughput: { ReadUnitsPerSecond: 20_000 } };
  const limits = { OnDemandThroughput: { MaxReadRequestUnits: 1 } };
  const onDemandMode = { BillingMode: "PAY_PER_REQUEST" };
  const infrequent = { TableClass: "STANDARD_INFREQUENT_ACCESS" };

  test.each<[string, JsonObject]>([
    ["throughput", throughput(2, 2)],
    ["protection", protection],
    ["what does not work yet", { ReplicaUpdates: [{ Delete: { RegionName: "eu-west-1" } }] }],
  ])("CREATING and DELETING refuse everything: %s", async (_name, changes) => {
    const { answer, refused, clock } = await subject(provisioned(1, 1), { createMs: 10, deleteMs: 10 });
    expect(await refused(changes)).toBe(`${inUse}Table is being created: Orders`);
    await clock.advance(10);
    await answer("DeleteTable", { TableName });
    expect(await refused(changes)).toBe(`${inUse}Table is being deleted: Orders`);
    await clock.advance(10);
    expect(await refused(changes)).toBe(
      "ResourceNotFoundException: Requested resource not found: Table: Orders not found",
    );
  });

  test("a deletion that comes first refuses a change that was checked before it", async () => {
    const { answer, refused, engine } = await subject(onDemand(), { deleteMs: 10 });
    const mutate = engine.mutate.bind(engine);
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    engine.mutate = async (mutation) => {
      engine.mutate = mutate;
      reached.resolve();
      await gate.promise;
      return mutate(mutation);
    };
    const deletion = answer("DeleteTable", { TableName });
    await reached.promise;
    const change = refused(protection);
    gate.resolve();
    await deletion;
    expect(await change).toBe(`${inUse}Table is being deleted: Orders`);
  });

  const iops = `${inUse}Table IOPS are currently being updated. Table: Orders`;
  test.each<[string, JsonObject, string]>([
    ["throughput", throughput(3, 3), iops],
    ["billing mode", onDemandMode, iops],
    ["class", infrequent, `${inUse}Table: Orders is in the process of being updated.`],
    [
      "on-demand limits",
      limits,
      `${prefix}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
    ],
  ])("an update of throughput refuses %s", async (_name, changes, text) => {
    const { update, refused } = await subject(provisioned(1, 1));
    await update(throughput(2, 2));
    expect(await refused(changes)).toBe(text);
  });

  test("a switch of the billing mode refuses on-demand limits", async () => {
    const { update, refused } = await subject(provisioned(1, 1));
    await update(onDemandMode);
    expect(await refused(limits)).toBe(
      `${inUse}OnDemandThroughput cannot be updated while BillingMode update is in progress`,
    );
    expect(await refused(onDemandMode)).toBe(iops);
  });

  test("a change of class refuses another one, throughput, and limits", async () => {
    const { update, refused } = await subject(onDemand());
    await update(infrequent);
    expect(await refused({ TableClass: "STANDARD" })).toBe(
      `${inUse}Can't update table class when a table class update is in progress. Table: Orders TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS`,
    );
    expect(await refused(limits)).toBe(
      `${inUse}OnDemandThroughput cannot be updated while TableClass update is in progress`,
    );
    expect(await refused({ BillingMode: "PROVISIONED", ...throughput(1, 1) })).toBe(
      `${inUse}Table: Orders is in the process of being updated.`,
    );
  });

  test("UPDATING lets protection and warm throughput through and is not ended by them", async () => {
    const { update, describe: shown, clock } = await subject(provisioned(1, 1));
    await update(throughput(2, 2));
    expect(await update(protection)).toMatchObject({ TableStatus: "UPDATING", ...protection });
    expect(await update(warm)).toMatchObject({ TableStatus: "UPDATING" });
    await clock.advance(1000);
    expect(await shown()).toMatchObject({
      TableStatus: "ACTIVE",
      ...protection,
      ProvisionedThroughput: units(2, 2),
      WarmThroughput: { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 2, Status: "ACTIVE" },
    });
  });
});
