/** Where the password of a PostgreSQL store comes from, as plain data, and what it is now. */
import { open } from "node:fs/promises";
import { StorageError } from "../contract/index.ts";

export type PostgresPassword =
  /** The server asks for none, or a certificate says who logs in. */
  | { readonly kind: "none" }
  | { readonly kind: "given"; readonly text: string }
  /** Read before each login, so that it may change while the process runs. */
  | { readonly kind: "file"; readonly path: string };

const passwordBytesMax = 4096;

/** Rejects with a StorageError when the file cannot be read. */
export async function readPassword(password: PostgresPassword): Promise<string | undefined> {
  if (password.kind === "none") return undefined;
  if (password.kind === "given") return password.text;
  let text: string | undefined;
  try {
    text = await readStart(password.path);
  } catch (cause) {
    throw new StorageError("unavailable", `the password file ${password.path} cannot be read`, { cause });
  }
  // Editors end a file with a line break, which no password has.
  const line = text?.replace(/\r?\n$/u, "");
  if (line === undefined || line === "" || /[\0\r\n]/u.test(line)) {
    const reason = line === "" ? "is empty" : "is not one line of at most 4096 bytes";
    throw new StorageError("unavailable", `the password file ${password.path} ${reason}`);
  }
  return line;
}

/** Undefined for a file that is too long. Not readFile: a path may name something without an end. */
async function readStart(path: string): Promise<string | undefined> {
  await using file = await open(path, "r");
  const buffer = Buffer.alloc(passwordBytesMax + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    length += bytesRead;
    if (bytesRead === 0) return buffer.toString("utf8", 0, length);
    if (length === buffer.length) return undefined;
  }
}
