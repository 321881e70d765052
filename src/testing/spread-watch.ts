/**
 * Watches the statements of a spread store: whether Citus would take each to one server, and whether a transaction that
 * writes begins with the heads it writes under. Citus itself does not run in tests.
 */
import type { PostgresParameter, PostgresStatement } from "../storage/postgres/driver.ts";
import { shapeOf, type StatementShape } from "./spread-shapes.ts";

export interface SpreadWatch {
  /** What would not do, once each. */
  readonly problems: readonly string[];
  /** Names of reads that concerned several heads at once, outside of transactions. */
  readonly wideReads: ReadonlySet<string>;
  /** Statements about tables of heads so far. */
  readonly statementsSeen: number;
  session(): SessionWatch;
}

export interface SessionWatch {
  sent(statement: PostgresStatement, parameters: readonly PostgresParameter[]): void;
}

/** A store that does one thing wrong does it often. */
const problemsMax = 100;

export function watchSpread(): SpreadWatch {
  const shapes = new Map<string, StatementShape>();
  const problems = new Set<string>();
  const wideReads = new Set<string>();
  let statementsSeen = 0;
  const shape = (text: string): StatementShape => {
    const known = shapes.get(text) ?? shapeOf(text);
    shapes.set(text, known);
    return known;
  };
  return {
    get problems() {
      return [...problems];
    },
    wideReads,
    get statementsSeen() {
      return statementsSeen;
    },
    session: () => {
      let transaction: Transaction | undefined;
      return {
        sent: (statement, parameters) => {
          const { name, text } = statement;
          if (text === "BEGIN") transaction = { heads: [] };
          if (text === "COMMIT" || text === "ROLLBACK") transaction = undefined;
          const found = shape(text);
          if (found.tables.length === 0) return;
          statementsSeen += 1;
          const own = transaction === undefined ? alone(found) : within(transaction, found, parameters);
          for (const problem of [...found.problems, ...own]) {
            if (problems.size < problemsMax) problems.add(`${name} ${problem}`);
          }
          if (transaction === undefined && !found.isPinned) wideReads.add(name);
        },
      };
    },
  };
}

interface Transaction {
  /** Taken, in their order. */
  readonly heads: number[];
}

/** A statement that is a transaction of its own. */
function alone({ isPinned, isSelect }: StatementShape): readonly string[] {
  return isPinned || isSelect ? [] : ["changes what lies under several heads"];
}

const tablesOfSums: readonly string[] = ["counters", "part_counters"];

function within(
  { heads }: Transaction,
  { tables, isPinned, isSelect, takesHead }: StatementShape,
  [head]: readonly PostgresParameter[],
): readonly string[] {
  if (!isPinned) return ["concerns several heads within a transaction"];
  if (typeof head !== "number") return ["has no number of a head as its first parameter"];
  if (takesHead) {
    const last = heads.at(-1);
    heads.push(head);
    return last !== undefined && last >= head ? ["takes heads in another order than their numbers'"] : [];
  }
  if (heads.includes(head)) return [];
  // A counter is a sum over all heads, and commutes: it is read without the others' locks.
  const readsSums = isSelect && tables.every((table) => tablesOfSums.includes(table));
  return readsSums ? [] : ["concerns a head that the transaction has not taken"];
}
