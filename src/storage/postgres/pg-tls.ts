/** How pg protects a connection, from libpq's words. */
import type { ClientConfig } from "pg";
import type { PostgresTls } from "./settings.ts";

type PgTls = NonNullable<ClientConfig["ssl"]>;

export function pgTls(tls: PostgresTls): PgTls {
  const { mode, certificateAuthority: ca, certificate: cert, key } = tls;
  if (mode === "disable") {
    return false;
  }
  // With an authority given, libpq verifies the certificate in the mode `require`, too.
  const verifies = mode !== "require" || ca !== undefined;
  return {
    rejectUnauthorized: verifies,
    ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
