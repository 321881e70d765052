/**
 * A bounded memory of parsed expressions by text. Two generations: what is asked for moves to the young one;
 * when that is full it becomes the old one, and what was not asked for since is forgotten.
 */

export interface ParseCache<Parsed> {
  get(text: string): Parsed | undefined;
  set(text: string, parsed: Parsed): void;
}

/** Trees are about in proportion to their texts, so texts are bounded too: this many characters an entry. */
const charactersPerEntry = 256;

export function parseCache<Parsed>(entriesMax: number): ParseCache<Parsed> {
  const generationMax = Math.max(1, Math.floor(entriesMax / 2));
  let young = new Map<string, Parsed>();
  let old = new Map<string, Parsed>();
  let characters = 0;

  const set = (text: string, parsed: Parsed): void => {
    if (young.size >= generationMax || characters + text.length > generationMax * charactersPerEntry) {
      old = young;
      young = new Map();
      characters = 0;
    }
    young.set(text, parsed);
    characters += text.length;
  };

  return {
    get: (text) => {
      const found = young.get(text);
      if (found !== undefined) return found;
      const aged = old.get(text);
      if (aged !== undefined) set(text, aged);
      return aged;
    },
    set,
  };
}
