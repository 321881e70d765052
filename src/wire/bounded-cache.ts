/** A map by text that forgets its oldest half when it is full: constant work, bounded memory. */

export interface BoundedCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** Keeps at most `entriesMax` entries, and the last `entriesMax / 2` set or used for sure. */
export function createBoundedCache<T>(entriesMax: number): BoundedCache<T> {
  const half = Math.max(1, Math.floor(entriesMax / 2));
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  const set = (key: string, value: T): void => {
    if (young.size >= half && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  const get = (key: string): T | undefined => {
    const value = young.get(key);
    if (value !== undefined) return value;
    const kept = old.get(key);
    if (kept !== undefined) set(key, kept);
    return kept;
  };
  return { get, set };
}
