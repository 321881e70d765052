/** A server that answers, and how a start can end; the same in one thread and in several. */

export type StartOutcome =
  | { readonly kind: "started"; readonly server: RunningServer }
  /** Nothing was left running; the message is one line for a person. */
  | { readonly kind: "refused"; readonly message: string };

export interface RunningServer extends AsyncDisposable {
  /** e.g. http://127.0.0.1:8000 */
  readonly endpoint: string;
  readonly port: number;
  readonly hasTls: boolean;
  /** Resolves, with one line for a person, when the server had to stop by itself and has. */
  readonly failed: Promise<string>;
  /** Reads certificate and key again; open connections keep the old ones. A failure changes nothing. */
  reloadTls(): Promise<void>;
  /** Stops accepting, answers what is in flight (bounded), closes the data. Idempotent. */
  close(): Promise<void>;
}
