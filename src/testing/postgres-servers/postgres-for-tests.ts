/**
 * Whether tests run on real PostgreSQL servers, in one place. STATOR_POSTGRES is `off` (as without it), `auto` (when
 * servers can be started here) or `required` (when they cannot, that is a failure).
 */
import process from "node:process";
import { describe, it } from "vitest";
import { findPostgres, type PostgresPrograms } from "./find-postgres.ts";

export type PostgresForTests =
  | { readonly kind: "available"; readonly programs: PostgresPrograms }
  | { readonly kind: "skipped"; readonly reason: string };

/** Standbys need more programs than every distribution has. */
export type PostgresNeeds = "server" | "standbys";

export function postgresForTests(needs: PostgresNeeds = "server"): PostgresForTests {
  const mode = process.env["STATOR_POSTGRES"] ?? "off";
  if (mode === "off") {
    return { kind: "skipped", reason: "set STATOR_POSTGRES=auto to run on real PostgreSQL servers" };
  }
  if (mode !== "auto" && mode !== "required") {
    throw new Error(`STATOR_POSTGRES is off, auto or required, not ${mode}`);
  }
  const outcome = available(needs);
  if (mode === "required" && outcome.kind === "skipped") {
    throw new Error(`STATOR_POSTGRES=required: ${outcome.reason}`);
  }
  return outcome;
}

function available(needs: PostgresNeeds): PostgresForTests {
  const found = findPostgres();
  if (found.kind === "missing") return { kind: "skipped", reason: found.reason };
  const { programs } = found;
  if (needs === "standbys" && !programs.canReplicate) {
    return { kind: "skipped", reason: `no pg_basebackup and pg_rewind in ${programs.folder}` };
  }
  return { kind: "available", programs };
}

/** A group of tests on real servers, or one skipped test whose name is the reason. */
export function describePostgres(
  name: string,
  tests: (programs: PostgresPrograms) => void,
  needs: PostgresNeeds = "server",
): void {
  const postgres = postgresForTests(needs);
  describe(name, () => {
    if (postgres.kind === "available") tests(postgres.programs);
    else it.skip(postgres.reason);
  });
}
