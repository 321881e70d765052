/**
 * How a copy ends early. Thrown through the layers of this room, since every step of every layer can meet it, and made
 * into an outcome at the door; nothing outside sees it.
 */

/** The message is one line for a person. What was copied is kept, and another run goes on from there. */
export class CopyFailure extends Error {
  override readonly name = "CopyFailure";
}

/** Somebody asked the copy to stop; the reason of its abort signal. */
export class CopyStopped extends Error {
  override readonly name = "CopyStopped";
}
