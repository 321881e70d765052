/** Door of `mutations`: writes of items as data, and the decide functions that run where the newest state is. */
export { decideItemWrite, nestingMessage } from "./decide-item-write.ts";
export type { ImageJson, ItemAction, ItemWrite, ItemWriteResult, ReturnedImage } from "./item-write.ts";
export { itemMutation, mutationDecides } from "./registry.ts";
