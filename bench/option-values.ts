/** Values given on the command line of a benchmark; a wrong one ends it with a sentence. */

export function positive(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!(value > 0 && value <= max)) throw new Error(`--${name} must be a number above 0, at most ${max}`);
  return value;
}

export function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 0 && value <= max && text !== "")) {
    throw new Error(`--${name} must be a whole number up to ${max}`);
  }
  return value;
}

export function oneNamed<T extends { readonly name: string }>(
  what: string,
  name: string,
  known: readonly T[],
): T {
  const found = known.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new Error(`unknown ${what} ${name}; known: ${known.map((each) => each.name).join(", ")}`);
}
