/** Door of `copy`: moves tables between anything that answers operations of DynamoDB. */
export { dispatchEnd, type DispatchEndOptions } from "./dispatch-end.ts";
export type { CallOutcome, End, EndRequest } from "./end.ts";
export { type EndAddress, readEndAddress } from "./end-address.ts";
export { endCredential, type EndCredential, endRegion, type EndRole } from "./end-credentials.ts";
export { httpEnd, type HttpEndOptions } from "./http-end.ts";
export { type CopyProgress, createProgress } from "./progress.ts";
export { type CopyOptions, type CopyOutcome, runCopy } from "./run-copy.ts";
export type { CopyReport } from "./copy-report.ts";
export { CopyStopped } from "./copy-failure.ts";
export { connectionsFor } from "./write-items.ts";
export { waivableMembers } from "./table-definition.ts";
export { syncedText } from "./sync-table.ts";
export type { FollowWishes } from "./copy-and-follow.ts";
