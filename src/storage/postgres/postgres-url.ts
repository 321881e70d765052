/**
 * The address of a PostgreSQL store as people write it: postgres://user:password@host1:5432,host2/database?schema=stator.
 * A refusal says what is wrong and never quotes what could be a part of a password.
 */
import type { PostgresHost } from "./driver.ts";
import type { PostgresPassword } from "./postgres-password.ts";
import { decodePart, identifier, isRefusal, refuse, type Refusal } from "./postgres-url-parts.ts";
import { parsePostgresParameters, type PostgresTlsFiles } from "./postgres-url-parameters.ts";
import type { PostgresAddress } from "./settings.ts";

/** All of an address but the contents of files. */
export interface PostgresUrl extends Omit<PostgresAddress, "password" | "tls"> {
  readonly password: PostgresPassword;
  readonly tls: PostgresTlsFiles;
}

export interface PostgresUrlExtras {
  /** A file with the password. */
  readonly passwordFile?: string | undefined;
  /** Counts where neither the URL nor a file has one, as PGPASSWORD does for PostgreSQL's own programs. */
  readonly password?: string | undefined;
}

export type ParsedPostgresUrl = { readonly kind: "parsed"; readonly url: PostgresUrl } | Refusal;

const urlLengthMax = 4096;
const hostsMax = 16;
const portDefault = 5432;

export function isPostgresUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//iu.test(text);
}

export function parsePostgresUrl(text: string, extras: PostgresUrlExtras = {}): ParsedPostgresUrl {
  const pieces = cut(text);
  if (isRefusal(pieces)) return pieces;
  const login = parseLogin(pieces.login);
  if (isRefusal(login)) return login;
  const hosts = parseHosts(pieces.hosts);
  if (isRefusal(hosts)) return hosts;
  const database = identifier(pieces.database, "database");
  if (isRefusal(database)) return database;
  const parameters = parsePostgresParameters(pieces.parameters, hosts);
  if (isRefusal(parameters)) return parameters;
  const password = choosePassword(login.password, extras);
  if (isRefusal(password)) return password;
  return { kind: "parsed", url: { user: login.user, hosts, database, password, ...parameters } };
}

/** For people and logs; without a secret. */
export function describeAddress(
  address: Pick<PostgresAddress, "hosts" | "database" | "user" | "schema">,
): string {
  const { hosts, database, user, schema } = address;
  const places = hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`);
  return `${user}@${places.join(",")}/${database}, schema ${schema}`;
}

interface Pieces {
  readonly login: string | undefined;
  readonly hosts: string;
  readonly database: string;
  readonly parameters: string;
}

function cut(text: string): Pieces | Refusal {
  if (text.length > urlLengthMax) {
    return refuse(`is longer than ${urlLengthMax} characters`);
  }
  const matched = /^postgres(?:ql)?:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/isu.exec(text);
  if (matched === null) {
    return refuse("does not begin with postgres://");
  }
  const [, authority = "", database = "", parameters = ""] = matched;
  // Such a sign is most likely of a password with a slash or a question mark in it, whose rest would be quoted here.
  if (/[@#]/u.test(database + parameters)) {
    return refuse(
      "has an @ or a # after the hosts; signs in a user or a password are written as % and two digits",
    );
  }
  const at = authority.lastIndexOf("@");
  return {
    login: at < 0 ? undefined : authority.slice(0, at),
    hosts: authority.slice(at + 1),
    database,
    parameters,
  };
}

interface Login {
  readonly user: string;
  readonly password: string | undefined;
}

function parseLogin(text = ""): Login | Refusal {
  const colon = text.indexOf(":");
  const user = identifier(colon < 0 ? text : text.slice(0, colon), "user");
  if (isRefusal(user)) return user;
  const password = colon < 0 ? "" : decodePart(text.slice(colon + 1), "password");
  return isRefusal(password) ? password : { user, password: password === "" ? undefined : password };
}

function choosePassword(given: string | undefined, extras: PostgresUrlExtras): PostgresPassword | Refusal {
  if (extras.passwordFile !== undefined) {
    return given === undefined
      ? { kind: "file", path: extras.passwordFile }
      : refuse("has a password, and there is a password file, too");
  }
  const text = given ?? extras.password;
  return text === undefined || text === "" ? { kind: "none" } : { kind: "given", text };
}

function parseHosts(text: string): readonly PostgresHost[] | Refusal {
  if (text === "") {
    return refuse("names no host");
  }
  const places = text.split(",");
  if (places.length > hostsMax) {
    return refuse(`names more than ${hostsMax} hosts`);
  }
  const hosts: PostgresHost[] = [];
  for (const [index, place] of places.entries()) {
    const host = parseHost(place, index + 1);
    if (isRefusal(host)) return host;
    hosts.push(host);
  }
  return hosts;
}

function parseHost(place: string, number: number): PostgresHost | Refusal {
  const matched = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/su.exec(place);
  const [, written = "", portText = String(portDefault)] = matched ?? [];
  const decoded = decodePart(written, `name of host ${number}`);
  if (isRefusal(decoded)) return decoded;
  const host = decoded.startsWith("[") ? decoded.slice(1, -1) : decoded;
  const isAddress = decoded !== host && /^[0-9a-f:.]+(?:%[\w.-]+)?$/iu.test(host) && host.includes(":");
  const isName = decoded === host && /^[\w.-]{1,253}$/u.test(host);
  // A folder with the socket of a server on this machine, as %2Fvar%2Frun%2Fpostgresql.
  const isFolder = /^\/[^\0]{1,100}$/u.test(host);
  if (!isAddress && !isName && !isFolder) {
    return refuse(`has no name or address as host ${number}; an IPv6 address is written in brackets`);
  }
  const port = /^\d{1,5}$/u.test(portText) ? Number(portText) : 0;
  return port >= 1 && port <= 65_535
    ? { host, port }
    : refuse(`has no port from 1 to 65535 at host ${number}`);
}
