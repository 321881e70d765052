/** Several workers over one list of things to do, which all end when one of them fails. */

/**
 * Calls `work` for each thing, at most `workersMax` at a time, in order. When one fails, or the outer signal is aborted,
 * the signal that work was given is aborted; this rejects with the first failure when all have ended.
 */
export async function eachOf<T>(
  things: readonly T[],
  { workersMax, signal }: { readonly workersMax: number; readonly signal: AbortSignal },
  work: (thing: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const own = new AbortController();
  const both = AbortSignal.any([signal, own.signal]);
  const rest = [...things].reverse();
  const worker = async (): Promise<void> => {
    for (let thing = rest.pop(); thing !== undefined; thing = rest.pop()) {
      both.throwIfAborted();
      await work(thing, both);
    }
  };
  const workers = Array.from({ length: Math.min(workersMax, things.length) }, () =>
    worker().catch((error: unknown) => {
      if (!own.signal.aborted) own.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  if (own.signal.aborted) throw own.signal.reason;
}
