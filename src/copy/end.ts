/**
 * One end of a copy, whatever it is: something that answers operations of DynamoDB. A store opened in this process, a
 * Stator server, DynamoDB Local and AWS all look the same from here.
 */

/** A JSON object, of a request, of an answer or of an item. */
export type Json = Readonly<Record<string, unknown>>;

export type CallOutcome =
  | Answer
  | Refusal
  /** Nobody knows whether it was done; every call of a copy may be sent again. */
  | { readonly kind: "lost"; readonly reason: string };

export interface Answer {
  readonly kind: "answer";
  readonly body: Json;
  /** Of the body as it came. */
  readonly sizeBytes: number;
}

export interface Refusal {
  readonly kind: "refused";
  /** Name of the API error, without what stands before the `#`. */
  readonly error: string;
  readonly message: string;
  /** The same request may be answered later: too much at once, or a fault of the server. */
  readonly retryable: boolean;
}

/** What an end may be asked for: items and tables, streams of changes, or what only a Stator has. */
export type EndService = "DynamoDB" | "DynamoDBStreams" | "Stator";

export interface EndRequest {
  readonly service: EndService;
  readonly operation: string;
  readonly input: Json;
}

export interface End {
  /** For a person. */
  readonly name: string;
  /** The same for the same data, run after run; holds no secret. */
  readonly identity: string;
  /** Never rejects; gives up as `lost` when the signal is aborted. */
  call(request: EndRequest, signal: AbortSignal): Promise<CallOutcome>;
  /** Where else in the same data there are tables, for a person who finds none. */
  elsewhere?(): readonly string[];
  close(): Promise<void>;
}

/** Errors that end by waiting; LimitExceededException is what too many tables being made at once are answered with. */
const waitedFor: ReadonlySet<string> = new Set([
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/** Statuses of proxies and servers that are overloaded, beside 5xx. */
const waitedForStatus: ReadonlySet<number> = new Set([408, 425, 429]);

export function isRetryable(service: EndService, error: string, httpStatus: number): boolean {
  // Of a Stator's own operations this error says that there are too many captures, which no waiting ends.
  if (service === "Stator" && error === "LimitExceededException") return false;
  return httpStatus >= 500 || waitedForStatus.has(httpStatus) || waitedFor.has(error);
}

/** What ends answer that have no such operation; DynamoDB Local calls some of them a ValidationException. */
const unknownOperation: ReadonlySet<string> = new Set(["UnknownOperationException", "UnknownOperation"]);

export function isUnknownOperation({ error }: Refusal): boolean {
  return unknownOperation.has(error);
}

/** The member of that name if it is an object; `__proto__` is an ordinary name. */
export function objectIn(json: Json, name: string): Json | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return isJson(value) ? value : undefined;
}

/** The objects of a list; empty when there is no such list. */
export function objectsIn(json: Json, name: string): readonly Json[] {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return Array.isArray(value) ? value.filter(isJson) : [];
}

export function textIn(json: Json, name: string): string | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

export function numberIn(json: Json, name: string): number | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return typeof value === "number" ? value : undefined;
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
