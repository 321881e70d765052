/** The load driver as a process of its own: takes jobs over IPC, one at a time, and answers each. */
import type { LoadJob, LoadReport } from "./job.ts";
import type { MixJob, MixReport } from "./mix-job.ts";
import { runJob } from "./run-job.ts";
import { runMix } from "./run-mix.ts";

export type LoadOrder =
  | { readonly kind: "one"; readonly job: LoadJob }
  | { readonly kind: "mix"; readonly job: MixJob };

export type LoadReply =
  | { readonly kind: "one"; readonly report: LoadReport }
  | { readonly kind: "mix"; readonly report: MixReport }
  | { readonly kind: "error"; readonly error: string };

process.on("message", (order: LoadOrder) => {
  run(order).then(reply, (error: unknown) =>
    reply({ kind: "error", error: error instanceof Error ? error.message : String(error) }),
  );
});
// The parent is gone: nobody wants the figures any more.
process.on("disconnect", () => process.exit(1));

async function run(order: LoadOrder): Promise<LoadReply> {
  return order.kind === "one"
    ? { kind: "one", report: await runJob(order.job) }
    : { kind: "mix", report: await runMix(order.job) };
}

function reply(message: LoadReply): void {
  process.send?.(message);
}
