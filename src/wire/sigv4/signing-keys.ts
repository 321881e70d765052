/** Signing keys by credential scope. Deriving one costs four HMACs, so the last used ones are kept. */
import { createHmac } from "node:crypto";
import { createBoundedCache } from "../bounded-cache.ts";
import type { Credential } from "./credentials.ts";
import type { CredentialScope } from "./credential-scope.ts";
import { createHmacKey, type HmacKey } from "./hmac-key.ts";

const keysMax = 1000;

export type SigningKeys = (credential: Credential, scope: CredentialScope) => HmacKey;

export function createSigningKeys(): SigningKeys {
  const keys = createBoundedCache<HmacKey>(keysMax);
  return (credential, scope) => {
    const name = `${scope.accessKeyId}/${scope.day}/${scope.region}/${scope.service}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = createHmacKey(deriveSigningKey(credential.secretAccessKey, scope));
    keys.set(name, key);
    return key;
  };
}

function deriveSigningKey(secret: string, scope: CredentialScope): Uint8Array {
  const day = hmac(`AWS4${secret}`, scope.day);
  const region = hmac(day, scope.region);
  const service = hmac(region, scope.service);
  return hmac(service, scope.terminator);
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
