/** Door of `storage/remote`: writes that another thread makes, for any engine. */
export { type HostedEngine, WriteHost } from "./write-host.ts";
export { RemoteWrites, type RemoteWritesOptions } from "./remote-writes.ts";
export { remotelyWriting } from "./remotely-writing-engine.ts";
export { PortReplies } from "./port-replies.ts";
export type { PortMessage, WriteReply, WriteRequest } from "./write-messages.ts";
export type { WritePort, WritePortEvents } from "./write-port.ts";
export type { Writes } from "./writes.ts";
