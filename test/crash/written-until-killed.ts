// The process that gets killed: writes numbers through the engine as fast as it can, many at a time, and prints
// each one after its acknowledgement. Arguments: folder, first number.
import { writeSync } from "node:fs";
import { systemClock } from "../../src/base/index.ts";
import { openSqliteEngine } from "../../src/storage/sqlite/index.ts";
import { crashDecides, writeNumber } from "./crash-program.ts";

const [path = "", first = "1"] = process.argv.slice(2);
const writersMax = 24;

const engine = await openSqliteEngine({
  location: { kind: "directory", path },
  decide: crashDecides,
  clock: systemClock(),
});
let next = Number(first);

async function writeOn(): Promise<never> {
  for (;;) {
    const number = next;
    next += 1;
    await writeNumber(engine, number);
    // Synchronous: whatever was acknowledged is in the pipe before the next write can begin.
    writeSync(1, `${number}\n`);
  }
}

writeSync(1, "ready\n");
await Promise.all(Array.from({ length: writersMax }, () => writeOn()));
