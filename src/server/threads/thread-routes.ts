/** `GET /_stator/threads`: what each thread of the server counts, and how late its event loop was. */
import type { InternalRoutes } from "../../wire/index.ts";
import type { ServerFacts } from "./server-facts.ts";

export function threadRoutes(facts: ServerFacts): InternalRoutes {
  return async ({ method, url }) => {
    if (method !== "GET" || url !== "/_stator/threads") return undefined;
    const threads = facts.read();
    const answered = threads.reduce((sum, thread) => sum + thread.answered, 0);
    const refused = threads.reduce((sum, thread) => sum + thread.refused, 0);
    const body = JSON.stringify({ threads, counters: { answered, refused } });
    return { status: 200, contentType: "application/json", body };
  };
}
