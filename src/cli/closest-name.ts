/** The known name that a misspelt one most likely stands for. */

/** Undefined when nothing is close: more than a third of the letters would have to change. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  let closest: string | undefined;
  let closestDistance = Math.floor(Math.min(name.length, 40) / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.slice(0, 40), candidate);
    if (distance < closestDistance) {
      closest = candidate;
      closestDistance = distance;
    }
  }
  return closest;
}

/** Letters to insert, delete or replace (Levenshtein), one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
