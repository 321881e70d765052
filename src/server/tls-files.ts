/** Certificate and key of the listener, read from files so that they can be renewed while it runs. */
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { TlsFiles } from "./settings.ts";

export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export type TlsOutcome =
  | { readonly kind: "loaded"; readonly material: TlsMaterial }
  | { readonly kind: "failed"; readonly message: string };

/** Checks that certificate and key fit each other before anybody uses them. Says nothing of the key. */
export async function loadTls({ certFile, keyFile }: TlsFiles): Promise<TlsOutcome> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    createSecureContext({ cert, key });
    return { kind: "loaded", material: { cert, key } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unreadable";
    return {
      kind: "failed",
      message: `cannot use the certificate ${certFile} with the key ${keyFile}: ${reason}`,
    };
  }
}
