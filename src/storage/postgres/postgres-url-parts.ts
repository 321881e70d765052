/** What the parts of a PostgreSQL URL have in common: a refusal, percent signs, and the bounds of names. */

export interface Refusal {
  readonly kind: "refused";
  /** Continues a sentence that begins with what was parsed, as "the URL". Quotes no secret. */
  readonly reason: string;
}

export function refuse(reason: string): Refusal {
  return { kind: "refused", reason };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "refused";
}

/** A longer name is cut by the server, which would then mean another one. */
const identifierBytesMax = 63;

export function decodePart(text: string, what: string): string | Refusal {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    return refuse(`has a ${what} with a % that is not followed by two digits`);
  }
  return decoded.includes("\0") ? refuse(`has a ${what} with a zero byte`) : decoded;
}

export function identifier(text: string, what: "user" | "database" | "schema"): string | Refusal {
  const name = decodePart(text, what);
  if (isRefusal(name)) return name;
  if (name === "") {
    return refuse(`names no ${what}`);
  }
  if (Buffer.byteLength(name) > identifierBytesMax) {
    return refuse(`has a ${what} of more than ${identifierBytesMax} bytes`);
  }
  // In logs it would look like another line.
  return /\p{Cc}/u.test(name) ? refuse(`has a ${what} with control characters`) : name;
}
