/** What stands behind the question mark of a PostgreSQL URL: how the connection is protected, and the schema. */
import type { PostgresHost } from "./driver.ts";
import { decodePart, identifier, isRefusal, refuse, type Refusal } from "./postgres-url-parts.ts";
import type { PostgresTlsMode } from "./settings.ts";

/** PEM files; their reader is the caller. */
export interface PostgresTlsFiles {
  readonly mode: PostgresTlsMode;
  readonly certificateAuthorityFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

export interface PostgresUrlParameters {
  readonly schema: string;
  readonly tls: PostgresTlsFiles;
}

/** libpq's names where libpq has one. */
const names = ["sslmode", "sslrootcert", "sslcert", "sslkey", "schema"] as const;
type Name = (typeof names)[number];
type Values = Partial<Record<Name, string>>;

const modes: readonly PostgresTlsMode[] = ["disable", "require", "verify-ca", "verify-full"];
const schemaDefault = "stator";

export function parsePostgresParameters(
  text: string,
  hosts: readonly PostgresHost[],
): PostgresUrlParameters | Refusal {
  const values = split(text);
  if (isRefusal(values)) return values;
  const schema = parseSchema(values.schema ?? schemaDefault);
  if (isRefusal(schema)) return schema;
  const tls = parseTls(values, hosts);
  return isRefusal(tls) ? tls : { schema, tls };
}

function split(text: string): Values | Refusal {
  const values: Values = {};
  for (const pair of text === "" ? [] : text.split("&")) {
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const known = names.find((each) => each === name);
    if (known === undefined) {
      return refuse(`has an unknown parameter${quotable(name)}; known are ${names.join(", ")}`);
    }
    if (values[known] !== undefined) {
      return refuse(`has the parameter ${known} twice`);
    }
    const value = equals < 0 ? "" : decodePart(pair.slice(equals + 1), known);
    if (isRefusal(value)) return value;
    if (value === "") {
      return refuse(`has no value for the parameter ${known}`);
    }
    values[known] = value;
  }
  return values;
}

/** Somebody's password may be among the parameters, but not as the name of one. */
function quotable(name: string): string {
  return /^[a-z_]{1,40}$/iu.test(name) ? ` ${name}` : "";
}

function parseSchema(decoded: string): string | Refusal {
  const schema = identifier(encodeURIComponent(decoded), "schema");
  if (isRefusal(schema)) return schema;
  return /^pg_|^information_schema$/u.test(schema)
    ? refuse(`has the schema ${schema}, which belongs to PostgreSQL itself`)
    : schema;
}

function parseTls(values: Values, hosts: readonly PostgresHost[]): PostgresTlsFiles | Refusal {
  const mode = parseMode(values.sslmode, hosts);
  if (isRefusal(mode)) return mode;
  const { sslrootcert, sslcert, sslkey } = values;
  if (mode === "disable" && (sslrootcert ?? sslcert ?? sslkey) !== undefined) {
    return refuse("names certificates, and sslmode says that none are used");
  }
  if ((sslcert === undefined) !== (sslkey === undefined)) {
    return refuse("needs both sslcert and sslkey, or neither");
  }
  return {
    mode,
    ...(sslrootcert === undefined ? {} : { certificateAuthorityFile: sslrootcert }),
    ...(sslcert === undefined ? {} : { certificateFile: sslcert }),
    ...(sslkey === undefined ? {} : { keyFile: sslkey }),
  };
}

function parseMode(text: string | undefined, hosts: readonly PostgresHost[]): PostgresTlsMode | Refusal {
  if (text === undefined) {
    // What leaves the machine is protected unless somebody says that it need not be.
    return hosts.every(({ host }) => isThisMachine(host)) ? "disable" : "verify-full";
  }
  // libpq's `allow` and `prefer` are not among them: they protect from nobody who can change what is on the wire.
  const mode = modes.find((each) => each === text);
  return mode ?? refuse(`has an sslmode that is not one of ${modes.join(", ")}`);
}

function isThisMachine(host: string): boolean {
  return (
    host.startsWith("/") ||
    host === "::1" ||
    host.toLowerCase() === "localhost" ||
    /^127(?:\.\d{1,3}){3}$/u.test(host)
  );
}
