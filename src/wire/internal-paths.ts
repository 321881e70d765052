/**
 * Stator's own paths, all under `/_stator/`: two open probes, and a seam for what comes later (metrics, the
 * console), which needs a signature in mode `signed`. What nobody answers is 404.
 */
import { defaultSigningName } from "./services-table.ts";
import type { Authenticate } from "./sigv4/authenticator.ts";
import type { AuthRefusal } from "./sigv4/refusals.ts";
import type { Identity, WireRequest } from "./types.ts";

export const internalPrefix = "/_stator/";

export interface InternalAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** Answers paths under `/_stator/` that are no probes; undefined: there is no such path. */
export type InternalRoutes = (
  request: WireRequest,
  identity: Identity | undefined,
) => Promise<InternalAnswer | undefined>;

export interface InternalPathsOptions {
  /** Undefined in mode `open`, where these paths need no signature. */
  readonly authenticate: Authenticate | undefined;
  /** False while the server starts or stops. */
  readonly ready: () => boolean;
  readonly routes: InternalRoutes | undefined;
}

export type InternalPaths = (request: WireRequest) => Promise<InternalAnswer | AuthRefusal>;

const notFound: InternalAnswer = json(404, { message: "not found" });

export function createInternalPaths({ authenticate, ready, routes }: InternalPathsOptions): InternalPaths {
  return async (request) => {
    const path = pathOf(request.url);
    if (request.method === "GET" && path === "/_stator/health") return json(200, { status: "ok" });
    if (request.method === "GET" && path === "/_stator/ready") {
      return ready() ? json(200, { ready: true }) : json(503, { ready: false });
    }
    const outcome = authenticate?.(request, defaultSigningName);
    if (outcome?.kind === "refused") return outcome;
    return (await routes?.(request, outcome?.identity)) ?? notFound;
  };
}

export function pathOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}

function json(status: number, value: unknown): InternalAnswer {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}
