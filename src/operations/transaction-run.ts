/**
 * Runs a write transaction whose elements are parsed: looks the tables up, hands one mutation to the engine, and turns
 * every end but success into its error. TransactWriteItems and ExecuteTransaction share it.
 */
import { type CancellationReason, internalServerError, transactionCanceled } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { ConditionPlan } from "../expressions/index.ts";
import {
  type ItemAction,
  tokenKey,
  type TransactionAction,
  transactionMutation,
  type TransactionResult,
} from "../mutations/index.ts";
import type { EpochCheck, MutationOutcome, RecordKey } from "../storage/contract/index.ts";
import type { OperationContext } from "./context.ts";
import { itemWrite } from "./item-write.ts";
import { type Located, locate, type TransactionElement } from "./transaction-elements.ts";
import {
  conflictReason,
  noReason,
  otherRequestWithToken,
  reasonOf,
  transactionInProgress,
  transactionTooLarge,
} from "./transaction-reasons.ts";
import { type EndedElement, replayedElement, writtenElement } from "./transaction-units.ts";

/** A table changes rarely; more attempts than this mean something is wrong. */
const staleAttemptsMax = 10;

/** One action, parsed: everything that can be known without the table is checked. */
export interface WriteElement extends TransactionElement {
  readonly action: ItemAction;
  readonly condition: ConditionPlan | undefined;
  /** The reason carries the item when the condition fails. */
  readonly returnOnFailure: boolean;
  /** What a failed condition is called; absent: ConditionalCheckFailed. */
  readonly failedCondition?: CancellationReason;
}

/** Makes a transaction idempotent for ten minutes. */
export interface IdempotencyToken {
  readonly text: string;
  /** By `requestDigest`. */
  readonly digest: Uint8Array;
}

export interface TransactionOptions {
  readonly token?: IdempotencyToken | undefined;
}

/** Elements in their order: all of them took place, now or when the same request came first. */
export async function runTransaction(
  context: OperationContext,
  elements: readonly WriteElement[],
  { token }: TransactionOptions,
): Promise<readonly EndedElement<WriteElement>[]> {
  const { engine, catalog } = context.services;
  for (let attempt = 0; attempt < staleAttemptsMax; attempt += 1) {
    const located = locate(context, elements);
    const first = await engine.mutate(mutationOf(context, located, { token }));
    const outcome =
      first.kind === "conflict" ? await pastConflict(context, located, { first, token }) : first;
    // Whoever changed the table may have done it through another catalog of the store.
    if (outcome.kind === "staleEpoch") await catalog.catchUp();
    else return endOf(outcome, located, token);
  }
  throw internalServerError();
}

type LocatedWrites = readonly Located<WriteElement>[];

type Conflict = Extract<MutationOutcome, { kind: "conflict" }>;

/**
 * Items that others hold must not hide that this transaction was done before: who asks again, having missed the answer,
 * would take it for cancelled.
 */
async function pastConflict(
  context: OperationContext,
  located: LocatedWrites,
  { first, token }: TransactionOptions & { readonly first: Conflict },
): Promise<MutationOutcome> {
  if (token === undefined || first.keys.includes(0)) return first;
  const asked = mutationOf(context, located, { token, onlyReplay: true });
  const again = await context.services.engine.mutate(asked);
  return again.kind === "refused" && (again.result as TransactionResult).kind === "notDone" ? first : again;
}

interface MutationOptions extends TransactionOptions {
  readonly onlyReplay?: boolean;
}

function mutationOf(
  context: OperationContext,
  located: LocatedWrites,
  { token, onlyReplay = false }: MutationOptions,
): ReturnType<typeof transactionMutation> {
  return transactionMutation({
    actions: located.flatMap(({ element, table, place }) =>
      place.kind === "issue" ? [] : actionOf(context, element, { table, key: place.key }),
    ),
    epochs: epochsOf(located),
    holdMs: context.services.transactionHoldMs ?? 0,
    doomed: located.some(({ place }) => place.kind === "issue"),
    onlyReplay,
    ...(token === undefined
      ? {}
      : { token: { key: tokenKey(context.namespace, token.text), digest: token.digest } }),
  });
}

function actionOf(
  context: OperationContext,
  { action, condition, returnOnFailure }: WriteElement,
  { table, key }: { readonly table: TableDescription; readonly key: RecordKey },
): TransactionAction {
  return {
    key,
    write: itemWrite(context, table, { action, condition, returned: "none", returnOnFailure }),
  };
}

function epochsOf(located: LocatedWrites): readonly EpochCheck[] {
  const epochs = new Map(located.map(({ table }) => [table.keyspace, table.epoch]));
  return [...epochs].map(([keyspace, epoch]) => ({ keyspace, epoch }));
}

function endOf(
  outcome: Exclude<MutationOutcome, { kind: "staleEpoch" }>,
  located: LocatedWrites,
  token: IdempotencyToken | undefined,
): readonly EndedElement<WriteElement>[] {
  switch (outcome.kind) {
    case "committed":
    case "refused":
      return resultOrThrow(outcome.result as KnownResult, located);
    case "conflict":
      throw conflict(outcome.keys, located, token);
    case "unknown":
      throw internalServerError();
  }
}

type KnownResult = Exclude<TransactionResult, { kind: "notDone" }>;

function resultOrThrow(result: KnownResult, located: LocatedWrites): readonly EndedElement<WriteElement>[] {
  switch (result.kind) {
    case "written":
      return eachPlaced(located, result.actions, writtenElement);
    case "replayed":
      return eachPlaced(located, result.actions, replayedElement);
    case "cancelled":
      throw transactionCanceled(
        reasons(located, (element, index) => {
          const end = result.actions[index];
          return end === undefined ? noReason : reasonOf(end, element.failedCondition);
        }),
      );
    case "tooLarge":
      throw transactionTooLarge();
    case "otherRequest":
      throw otherRequestWithToken();
  }
}

/** A token that is held belongs to a transaction that is not answered yet. */
function conflict(
  keys: readonly number[],
  located: LocatedWrites,
  token: IdempotencyToken | undefined,
): Error {
  const firstItem = token === undefined ? 0 : 1;
  if (firstItem === 1 && keys.includes(0)) return transactionInProgress();
  const positions = new Set(keys.map((position) => position - firstItem));
  return transactionCanceled(
    reasons(located, (_element, index) => (positions.has(index) ? conflictReason : noReason)),
  );
}

/** `reasonAt`: of an element that has a place, by its position among those. */
function reasons(
  located: LocatedWrites,
  reasonAt: (element: WriteElement, index: number) => CancellationReason,
): readonly CancellationReason[] {
  let placed = 0;
  return located.map(({ element, place }) => {
    if (place.kind === "issue") return place.reason;
    placed += 1;
    return reasonAt(element, placed - 1);
  });
}

/** A transaction that succeeded, or is replayed, has a place for each element. */
function eachPlaced<Result>(
  located: LocatedWrites,
  results: readonly Result[],
  end: (at: Located<WriteElement>, result: Result) => EndedElement<WriteElement>,
): readonly EndedElement<WriteElement>[] {
  return located.flatMap((at, index) => {
    const result = results[index];
    return result === undefined ? [] : [end(at, result)];
  });
}
