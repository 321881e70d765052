/** The load driver as a process of its own: takes jobs over IPC, one at a time, and answers each. */
import { runJob } from "./run-job.ts";
import type { LoadJob, LoadReport } from "./job.ts";

export type LoadReply = { readonly report: LoadReport } | { readonly error: string };

process.on("message", (job: LoadJob) => {
  runJob(job).then(
    (report) => reply({ report }),
    (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
  );
});
// The parent is gone: nobody wants the figures any more.
process.on("disconnect", () => process.exit(1));

function reply(message: LoadReply): void {
  process.send?.(message);
}
