/**
 * The one way an item changes: put, update or delete as plain data, decided on the newest record. Batches,
 * transactions, PartiQL and whatever else writes items end in these same arguments.
 */
import type { ConditionPlan, UpdatePlan } from "../expressions/index.ts";
import type { Item } from "../values/index.ts";
import type { DerivedPlan } from "./derived-plan.ts";
import type { IndexUnits } from "./derived-writes.ts";

/** Which attributes of the item the answer carries. */
export type ReturnedImage = "none" | "allOld" | "allNew" | "updatedOld" | "updatedNew";

export type ItemAction =
  | {
      readonly kind: "put";
      /** Canonical JSON of the new item. */
      readonly json: Uint8Array;
      readonly sizeBytes: number;
    }
  | {
      readonly kind: "update";
      /** Absent: the item is made from its key alone. */
      readonly plan?: UpdatePlan;
      /** The key attributes an absent item starts from. */
      readonly key: Item;
    }
  | { readonly kind: "delete" }
  /** Of a transaction: only the condition counts. */
  | { readonly kind: "check" };

/** Arguments of mutation kind `item`; structured-cloneable. */
export interface ItemWrite {
  readonly keyspace: number;
  readonly action: ItemAction;
  readonly condition?: ConditionPlan;
  readonly returned: ReturnedImage;
  /** Hand the present item back when the condition fails. */
  readonly returnOnFailure: boolean;
  readonly regionId: number;
  /** What is written along with the item; absent for a table without indexes and captures. */
  readonly derived?: DerivedPlan;
}

/** JSON text of attributes, as stored bytes where nothing had to be picked out. */
export type ImageJson = Uint8Array | string;

export type ItemWriteResult =
  | {
      readonly kind: "written";
      /** Size before and after in DynamoDB's arithmetic; 0 for absent. */
      readonly oldSizeBytes: number;
      readonly newSizeBytes: number;
      readonly attributes?: ImageJson;
      /** Indexes that had to be written, or will be from the change log; absent for none. */
      readonly indexUnits?: readonly IndexUnits[];
      /** Of the item's collection after the write; only for tables with local indexes. */
      readonly collectionBytes?: number;
    }
  | { readonly kind: "conditionFailed"; readonly oldSizeBytes: number; readonly item?: ImageJson }
  /** The update cannot be applied to the present item; DynamoDB's text. */
  | { readonly kind: "invalid"; readonly message: string }
  /** The item collection may not grow any more. */
  | { readonly kind: "collectionFull" };
