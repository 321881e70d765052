/** What the server prints when it is ready: how to reach it, where the data is, who may ask. */
import { resolve } from "node:path";
import type { ServerSettings } from "../server/index.ts";

export interface BannerFacts {
  readonly version: string;
  readonly endpoint: string;
  readonly startMs: number;
}

export function startBanner(settings: ServerSettings, { version, endpoint, startMs }: BannerFacts): string {
  const reachable = endpoint.replace("//0.0.0.0:", "//localhost:").replace("//[::]:", "//localhost:");
  const keys = settings.auth.mode === "open" ? " AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local" : "";
  const lines = [
    `stator ${version} is listening on ${endpoint} (ready in ${Math.round(startMs)} ms)`,
    `  data      ${dataText(settings)}`,
    `  auth      ${authText(settings)}`,
    `  AWS CLI   aws dynamodb list-tables --endpoint-url ${reachable} --region ${settings.region}`,
    `  SDKs      AWS_ENDPOINT_URL_DYNAMODB=${reachable} AWS_REGION=${settings.region}${keys}`,
  ];
  return `${lines.join("\n")}\n`;
}

function dataText({ storage }: ServerSettings): string {
  switch (storage.kind) {
    case "memory":
      return "in memory, gone when the server stops";
    case "temporary":
      return "in a temporary folder, gone when the server stops";
    case "directory":
      return resolve(storage.path);
    case "postgres":
      return `PostgreSQL, ${storage.store.name}`;
  }
}

function authText({ auth, shared }: ServerSettings): string {
  const split = shared ? "one set of tables for all" : "one set of tables per region and account";
  if (auth.mode === "open") return `open: any credentials are taken; ${split}`;
  return `signed: ${auth.credentials.size} access key${auth.credentials.size === 1 ? "" : "s"}; ${split}`;
}
