/** Door of `wire`: requests and answers as plain data, from bytes to operation and back. */
export { createWire, type Wire, type WireOptions } from "./create-wire.ts";
export type { CorsOrigins } from "./cors.ts";
export type { InternalAnswer, InternalRoutes } from "./internal-paths.ts";
export type { AuthMode } from "./sigv4/authenticator.ts";
export { createRequestSigner, type RequestSigner, type RequestSignerOptions } from "./sigv4/sign-request.ts";
export { type Credential, type Credentials, defaultAccount, isAccountId } from "./sigv4/credentials.ts";
export type { OperationExists } from "./target.ts";
export type {
  Dispatch,
  DispatchCall,
  DispatchResult,
  Identity,
  Namespace,
  RequestFacts,
  WireRequest,
  WireResponse,
} from "./types.ts";
