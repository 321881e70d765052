export { decideItemWrite, nestingMessage } from "./decide-item-write.ts";
export type { ImageJson, ItemAction, ItemWrite, ItemWriteResult, ReturnedImage } from "./item-write.ts";
export { itemMutation, mutationDecides } from "./registry.ts";
