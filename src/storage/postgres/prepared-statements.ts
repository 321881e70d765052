/**
 * Which statements one session's server has prepared. A statement is prepared with its first use, and the next uses are
 * sent without waiting for that answer. It can fail, as everything does in a transaction that has failed, and then the
 * name means nothing to those sent behind it. So each use prepares the statement anew until an answer has said that it is.
 */
import { assert } from "../../base/index.ts";
import type { PostgresStatement } from "./driver.ts";

/** The messages of a connection that prepare. */
export interface PreparingConnection {
  parse(message: { readonly name: string; readonly text: string }): void;
  close(message: { readonly type: "S"; readonly name: string }): void;
}

export class PreparedStatements {
  readonly #preparations = new Map<string, Preparation>();

  of({ name, text }: PostgresStatement): Preparation {
    const known = this.#preparations.get(name);
    if (known !== undefined) {
      assert(known.text === text, "a statement's name has one text");
      return known;
    }
    const preparation = new Preparation(name, text);
    this.#preparations.set(name, preparation);
    return preparation;
  }
}

export class Preparation {
  readonly name: string;
  readonly text: string;
  #known = false;
  /** Uses that prepare it and were not answered yet. */
  #preparing = 0;
  #prepared = false;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** To be called before a use is sent; true when the use prepares the statement. */
  prepare(connection: PreparingConnection): boolean {
    if (this.#prepared && this.#preparing === 0) {
      return false;
    }
    if (this.#known) {
      connection.close({ type: "S", name: this.name });
    }
    connection.parse({ name: this.name, text: this.text });
    this.#known = true;
    this.#preparing += 1;
    return true;
  }

  /** Uses are answered in the order they were sent. */
  answered(prepares: boolean, outcome: "done" | "failed"): void {
    if (prepares) {
      this.#preparing -= 1;
    }
    if (outcome === "failed") {
      // Perhaps because the server has forgotten it, or because its plan no longer fits the tables.
      this.#prepared = false;
    } else if (prepares) {
      this.#prepared = true;
    }
  }
}
