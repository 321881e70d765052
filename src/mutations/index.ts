/** Door of `mutations`: writes of items as data, and the decide functions that run where the newest state is. */
export { decideItemWrite } from "./decide-item-write.ts";
export type { DerivedPlan } from "./derived-plan.ts";
export type { IndexUnits } from "./derived-writes.ts";
export type { ImageJson, ItemAction, ItemWrite, ItemWriteResult, ReturnedImage } from "./item-write.ts";
export { itemMutation, mutationDecides } from "./registry.ts";
export { type TransactionAction, transactionMutation, type TransactionResult } from "./transaction.ts";
export { tokenKey } from "./transaction-token.ts";
export { forgetTokens, sweepTokens } from "./transaction-token-sweep.ts";
export { nestingMessage } from "./write-sides.ts";
