// Teaches swc's Visitor the `using` declaration, which its parser reads and its visitor throws at ("Unknown
// statement type: UsingDeclaration"; @swc/core 1.16). dependency-cruiser walks files with that visitor. The
// canary has a file with `using`, so that this can go when it is no longer needed.
import type { Statement, VariableDeclarator } from "@swc/core";
import { Visitor } from "@swc/core/Visitor.js";

interface UsingDeclaration {
  readonly type: "UsingDeclaration";
  readonly decls: VariableDeclarator[];
}

type VisitStatement = (this: Visitor, statement: Statement) => Statement;

let taught = false;

/** Once per process; further calls do nothing. */
export function teachUsing(): void {
  if (taught) return;
  taught = true;
  const base = Object.getOwnPropertyDescriptor(Visitor.prototype, "visitStatement")?.value as VisitStatement;
  Visitor.prototype.visitStatement = function visitStatement(statement: Statement): Statement {
    const candidate = statement as Statement | UsingDeclaration;
    if (candidate.type !== "UsingDeclaration") return base.call(this, statement);
    this.visitVariableDeclarators(candidate.decls);
    return statement;
  };
}
