/** Space on the disk of the temporary folder, where a database server of a benchmark lies. */
import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";

export function freeDiskBytes(): number {
  const { bavail, bsize } = statfsSync(tmpdir());
  return bavail * bsize;
}
