/**
 * What a server says of its threads: the longest delay of each event loop since the last reading, and how many
 * requests were answered and refused. A server without the route is told apart from one that answers nonsense.
 */

export interface ThreadDelay {
  readonly name: string;
  readonly loopDelayMaxMs: number;
}

export interface ThreadsReading {
  readonly threads: readonly ThreadDelay[];
  readonly counters: Readonly<Record<string, number>>;
}

export type ThreadsAnswer =
  | { readonly kind: "reading"; readonly reading: ThreadsReading }
  /** Not this time: no answer, or none in time. */
  | { readonly kind: "missed"; readonly reason: string }
  /** This server never will. */
  | { readonly kind: "absent"; readonly reason: string };

export const threadsPath = "/_stator/threads";
const timeoutMs = 5_000;

/** Each reading begins a new time for the next. */
export async function readThreads(endpoint: string): Promise<ThreadsAnswer> {
  try {
    const response = await fetch(endpoint + threadsPath, { signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    if (response.status === 503) return { kind: "missed", reason: "503" };
    const reading = response.status === 200 ? threadsReading(text) : undefined;
    if (reading !== undefined) return { kind: "reading", reading };
    return {
      kind: "absent",
      reason: `this server does not tell the delays of its threads: GET ${threadsPath} is answered ${response.status}`,
    };
  } catch (error: unknown) {
    return { kind: "missed", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Undefined when the text is something else. */
export function threadsReading(text: string): ThreadsReading | undefined {
  const body = parsed(text);
  const { threads, counters } = body as { threads?: unknown; counters?: unknown };
  if (!Array.isArray(threads) || !threads.every(isThreadDelay)) return undefined;
  const numbers = Object.entries(counters ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return { threads, counters: Object.fromEntries(numbers) };
}

function isThreadDelay(value: unknown): value is ThreadDelay {
  if (typeof value !== "object" || value === null) return false;
  const { name, loopDelayMaxMs } = value as Partial<ThreadDelay>;
  return typeof name === "string" && typeof loopDelayMaxMs === "number";
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
