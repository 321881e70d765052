/** What the load process is told to do, and what it reports. Plain data: both cross a process boundary. */

/** Sends as soon as an answer is in, or at a fixed rate whatever the server does. */
export type Pace =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly requestsPerSecond: number };

/** How the key numbers in a template are chosen. */
export type KeyOrder = "random" | "sequential";

export interface LoadJob {
  readonly host: string;
  readonly port: number;
  /** Process whose CPU time is read; absent: not measured. */
  readonly serverPid?: number;
  readonly operation: string;
  /** Body with `keyMark` and `uniqueMark` where numbers are put in before each sending. */
  readonly template: string;
  /** Key numbers are 0 up to this. */
  readonly keys: number;
  readonly keyOrder: KeyOrder;
  readonly connections: number;
  readonly pace: Pace;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** The window ends early after this many answers. */
  readonly requestsMax: number;
  /** Signs every request anew, with these; absent: one well-formed signature for all. */
  readonly signWith?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly seed: number;
}

/** Microseconds. */
export interface LatencySummary {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LoadReport {
  readonly answers: number;
  /** Answers that were not 200. */
  readonly failures: number;
  readonly firstFailure?: string;
  readonly seconds: number;
  /** User plus system time of all threads of the server during the window. */
  readonly serverCpuMicros?: number;
  readonly driverCpuMicros: number;
  /** All cores together, whoever used them; time taken by other machines on the same host included. */
  readonly machineBusyMicros?: number;
  /** From sending, or from the scheduled start when the pace is open. */
  readonly latency: LatencySummary;
  /** How late the driver itself sent, open pace only. */
  readonly lateness?: LatencySummary;
  /** Scheduled but not sent when the window ended: the server did not keep up. */
  readonly unsent: number;
  readonly bytesPerAnswer: number;
}

/** Ten digits stand here before each sending: a key number, padded with zeros; another one at every place. */
export const keyMark = "@@@KEY@@@@";

/** The key number that was put in last before this place, once more. */
export const sameKeyMark = "@@SAMEKEY@";

/** The same divided by `keysPerGroup`: what that many keys have in common. */
export const groupMark = "@@@GROUP@@";
export const keysPerGroup = 100;

/** Twelve characters stand here: different in every request of a job and, by the seed, between jobs. */
export const uniqueMark = "@@@UNIQUE@@@";
