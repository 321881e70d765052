/**
 * Access keys for mode `signed`, from a file or from the environment.
 *
 * A file is either JSON, `[{"accessKeyId", "secretAccessKey", "sessionToken"?, "accountId"?, "expires"?}]`
 * (`expires` is an ISO date), or the format of ~/.aws/credentials, where every profile is one access key.
 * Messages name lines and members, never values.
 */
import { readFile } from "node:fs/promises";
import { type Credential, type Credentials, isAccountId } from "../wire/index.ts";

export type CredentialsOutcome =
  | { readonly kind: "loaded"; readonly credentials: Credentials }
  | { readonly kind: "failed"; readonly message: string };

type Fields = ReadonlyMap<string, unknown>;

export async function loadCredentialsFile(path: string): Promise<CredentialsOutcome> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unreadable";
    return { kind: "failed", message: `cannot read the credentials file ${path}: ${reason}` };
  }
  const entries = /^\s*[[{]\s*["{\]]/.test(text) ? readJson(text) : readProfiles(text);
  if (typeof entries === "string") return { kind: "failed", message: `${path}: ${entries}` };
  return collect(entries, path);
}

/** Undefined when the environment names no access key. */
export function environmentCredentials(
  environment: Readonly<Record<string, string | undefined>>,
): CredentialsOutcome | undefined {
  const accessKeyId = environment["STATOR_ACCESS_KEY_ID"];
  if (accessKeyId === undefined || accessKeyId === "") return undefined;
  const fields = new Map<string, unknown>([
    ["accessKeyId", accessKeyId],
    ["secretAccessKey", environment["STATOR_SECRET_ACCESS_KEY"]],
    ["sessionToken", environment["STATOR_SESSION_TOKEN"]],
    ["accountId", environment["STATOR_ACCOUNT_ID"]],
  ]);
  return collect([fields], "environment");
}

function collect(entries: readonly Fields[], source: string): CredentialsOutcome {
  const credentials = new Map<string, Credential>();
  for (const [index, fields] of entries.entries()) {
    const credential = toCredential(fields);
    if (typeof credential === "string") {
      return { kind: "failed", message: `${source}: access key ${index + 1}: ${credential}` };
    }
    credentials.set(credential.accessKeyId, credential);
  }
  if (credentials.size === 0) return { kind: "failed", message: `${source}: no access key inside` };
  return { kind: "loaded", credentials };
}

/** The credential, or what is wrong with it. */
function toCredential(fields: Fields): Credential | string {
  const accessKeyId = textOf(fields, "accessKeyId");
  if (accessKeyId === undefined || !/^[\w-]{1,128}$/.test(accessKeyId)) {
    return "accessKeyId must be letters, digits, _ and -";
  }
  const secretAccessKey = textOf(fields, "secretAccessKey");
  if (secretAccessKey === undefined) return "secretAccessKey is missing";
  const sessionToken = textOf(fields, "sessionToken");
  const accountId = textOf(fields, "accountId");
  if (accountId !== undefined && !isAccountId(accountId)) return "accountId must have twelve digits";
  const expires = textOf(fields, "expires");
  const expiresMs = expires === undefined ? undefined : Date.parse(expires);
  if (Number.isNaN(expiresMs)) return "expires must be an ISO date";
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(expiresMs === undefined ? {} : { expiresMs }),
  };
}

function textOf(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readJson(text: string): readonly Fields[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    // The parser's own message may quote the file, and so a secret.
    if (error instanceof SyntaxError) return "not valid JSON";
    throw error;
  }
  const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const entries: Fields[] = [];
  for (const entry of list) {
    if (typeof entry !== "object" || entry === null) return "every access key must be an object";
    entries.push(new Map<string, unknown>(Object.entries(entry)));
  }
  return entries;
}

const profileFields: ReadonlyMap<string, string> = new Map([
  ["aws_access_key_id", "accessKeyId"],
  ["aws_secret_access_key", "secretAccessKey"],
  ["aws_session_token", "sessionToken"],
  ["aws_account_id", "accountId"],
]);

function readProfiles(text: string): readonly Fields[] | string {
  const profiles: Map<string, unknown>[] = [];
  for (const [index, rawLine] of text.split(/\r?\n/).entries()) {
    const line = rawLine.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (line.startsWith("[")) {
      profiles.push(new Map());
      continue;
    }
    const equals = line.indexOf("=");
    const profile = profiles.at(-1);
    if (equals < 0 || profile === undefined) return `line ${index + 1} is no profile and no setting`;
    const field = profileFields.get(line.slice(0, equals).trim());
    if (field !== undefined) profile.set(field, line.slice(equals + 1).trim());
  }
  // Profiles that only name a role or a region hold no access key.
  return profiles.filter((profile) => profile.has("accessKeyId"));
}
