/** The sentences of constraint violations. */

export const notNull = "Member must not be null";

export function lengthAtLeast(min: number): string {
  return `Member must have length greater than or equal to ${min}`;
}

export function lengthAtMost(max: number): string {
  return `Member must have length less than or equal to ${max}`;
}

export function valueAtLeast(min: number): string {
  return `Member must have value greater than or equal to ${min}`;
}

export function valueAtMost(max: number): string {
  return `Member must have value less than or equal to ${max}`;
}

export function patternText(pattern: string): string {
  return `Member must satisfy regular expression pattern: ${pattern}`;
}

export function enumText(values: readonly string[]): string {
  return `Member must satisfy enum value set: [${values.join(", ")}]`;
}

/** `printed` carries its own quotes; null has none. */
export function violationText(printed: string, path: string, constraint: string): string {
  return `Value ${printed} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** The whole message of a ValidationException that lists what was detected. */
export function detectedText(entries: readonly string[]): string {
  const noun = entries.length === 1 ? "validation error" : "validation errors";
  return `${entries.length} ${noun} detected: ${entries.join("; ")}`;
}
