/**
 * Assertions for programmer errors: things that cannot happen unless our own code is wrong. Never used for
 * what a client sent or for what storage may answer; those are values.
 */

/** Thrown by `assert` and `unreachable` only, so that the top of a request can tell a bug from a failure. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** Throws an AssertionFailure unless the condition holds. The message says what should have been true. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) {
    throw new AssertionFailure(message);
  }
}

/** Ends a switch over a union: the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable case: ${String(value)}`);
}
