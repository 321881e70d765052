/**
 * The line between a thread that reads and the thread that writes: messages of bytes, in order, each whole or not
 * at all. What carries them (a MessagePort, a simulator) is given from outside.
 */
export interface WritePort {
  /** The bytes may be taken away from the caller. */
  post(message: Uint8Array<ArrayBuffer>): void;
  /** Called once, before the first message. `closed`: the other side is gone; no message follows. */
  listen(events: WritePortEvents): void;
  close(): void;
}

export interface WritePortEvents {
  readonly message: (message: Uint8Array) => void;
  readonly closed: () => void;
}
