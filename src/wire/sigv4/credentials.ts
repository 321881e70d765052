/** The access keys a server knows in mode `signed`. */

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials must come with this token. */
  readonly sessionToken?: string;
  /** When the session token ends, milliseconds since 1970. */
  readonly expiresMs?: number;
  /** Twelve digits; 000000000000 when absent. */
  readonly accountId?: string;
}

/** By access key id. */
export type Credentials = ReadonlyMap<string, Credential>;

export const defaultAccount = "000000000000";

export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}
