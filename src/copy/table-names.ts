/** Which tables are meant by names with `*` and `?` in them. */

export interface ChosenTables {
  readonly names: readonly string[];
  /** Patterns that no table has. */
  readonly unmatched: readonly string[];
}

/** All tables when there are no patterns. In the order of `names`. */
export function chooseTables(names: readonly string[], patterns: readonly string[]): ChosenTables {
  if (patterns.length === 0) return { names, unmatched: [] };
  const tests = patterns.map((pattern) => ({ pattern, expression: expressionOf(pattern) }));
  return {
    names: names.filter((name) => tests.some(({ expression }) => expression.test(name))),
    unmatched: tests
      .filter(({ expression }) => !names.some((name) => expression.test(name)))
      .map(({ pattern }) => pattern),
  };
}

function expressionOf(pattern: string): RegExp {
  const text = pattern.replaceAll(/\W/g, (character) => {
    if (character === "*") return ".*";
    return character === "?" ? "." : `\\${character}`;
  });
  return new RegExp(`^${text}$`);
}
