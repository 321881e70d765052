/** With which credentials an end is asked: its own, else those of the AWS tools. Secrets come from the environment only. */
import type { Credential } from "../wire/index.ts";

export type EndRole = "from" | "to";

export type EndCredential =
  | { readonly kind: "credential"; readonly credential: Credential }
  | { readonly kind: "issue"; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Servers that ask nobody for credentials take any. */
const anyCredential: Credential = { accessKeyId: "local", secretAccessKey: "local" };

/** `required`: the end is one of AWS. */
export function endCredential(role: EndRole, required: boolean, environment: Environment): EndCredential {
  const ownPrefix = `STATOR_${role.toUpperCase()}_`;
  for (const prefix of [ownPrefix, "AWS_"]) {
    const accessKeyId = environment[`${prefix}ACCESS_KEY_ID`] ?? "";
    const secretAccessKey = environment[`${prefix}SECRET_ACCESS_KEY`] ?? "";
    const sessionToken = environment[`${prefix}SESSION_TOKEN`] ?? "";
    if (accessKeyId === "" && secretAccessKey === "") continue;
    if (accessKeyId === "" || secretAccessKey === "") {
      const message = `${prefix}ACCESS_KEY_ID and ${prefix}SECRET_ACCESS_KEY need each other`;
      return { kind: "issue", message };
    }
    const token = sessionToken === "" ? {} : { sessionToken };
    return { kind: "credential", credential: { accessKeyId, secretAccessKey, ...token } };
  }
  if (!required) return { kind: "credential", credential: anyCredential };
  const message =
    `--${role} needs credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ` +
    `or ${ownPrefix}ACCESS_KEY_ID and ${ownPrefix}SECRET_ACCESS_KEY`;
  return { kind: "issue", message };
}

/** The region given for the end, that of its host, that of the AWS tools, or DynamoDB's first. */
export function endRegion(
  given: string | undefined,
  awsRegion: string | undefined,
  environment: Environment,
): string {
  const named = [given, awsRegion, environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]];
  return named.find((region) => region !== undefined && region !== "") ?? "us-east-1";
}
