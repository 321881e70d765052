/** The version of this package. */
import { readFileSync } from "node:fs";

export function packageVersion(): string {
  // The same place seen from src/cli and from dist/cli.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const data: unknown = JSON.parse(text);
  const version = typeof data === "object" && data !== null && "version" in data ? data.version : undefined;
  return typeof version === "string" ? version : "unknown";
}
