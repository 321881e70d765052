// Checks that rooms import only what rooms.mjs allows, through doors only, and without cycles.
//
// The checker can fail open: without its parser it happily reports no violations in no modules. So this script
// also compares the files it read with the files on disk, and requires every planted mistake of
// test/rooms-canary to be reported.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { rooms, testingRooms } from "../rooms.mjs";
import { cruiseRooms } from "./room-rules.ts";
import type { RoomReport } from "./room-rules.ts";

const checkout = join(import.meta.dirname, "..");
const canary = join(checkout, "test/rooms-canary");

/** What the canary must be reported for: rule and file. Each is one planted import there. */
const planted = [
  ["room-values", "src/values/wrong-room.ts"],
  ["room-values", "src/values/wrong-type.ts"],
  ["door-base", "src/values/past-the-door.ts"],
  ["package-node:sqlite", "src/values/wrong-package.ts"],
  ["package-pino", "src/values/wrong-dependency.ts"],
  ["testing", "src/values/uses-testing.ts"],
  ["room-values", "src/values/beside-using.ts"],
  ["door-wire", "src/values/beside-using.ts"],
  ["dev-package", "src/values/dev-package.ts"],
  ["unresolved", "src/values/unresolved.ts"],
  ["cycle", "src/base/cycle-a.ts"],
] as const;

const problems = [
  ...foldersWithoutRoom(),
  ...(await sourceProblems()),
  ...missedByCanary(await cruiseRooms(canary)),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`rooms: ${problems.length} problems`);
  process.exitCode = 1;
}

async function sourceProblems(): Promise<string[]> {
  const report = await cruiseRooms(checkout);
  const files = sourceFiles();
  console.log(
    `rooms: read ${report.importCounts.size} of ${files.length} files, ${report.violations.length} violations`,
  );
  return [
    ...report.violations.map(
      (found) => `${found.from}: ${found.rule}: imports ${found.to}\n  ${found.advice}`,
    ),
    ...files.flatMap((file) => unreadProblem(file, report)),
  ];
}

/** A file that the checker did not read, or read without seeing its imports, was not checked. */
function unreadProblem(file: string, report: RoomReport): string[] {
  const count = report.importCounts.get(file);
  if (count === undefined)
    return [`${file}: not read by the room checker; is its parser (@swc/core) installed?`];
  const hasImports = /^(?:import|export)\s[^;]*?from\s+"/mu.test(readFileSync(join(checkout, file), "utf8"));
  return hasImports && count === 0 ? [`${file}: the room checker saw none of its imports`] : [];
}

function sourceFiles(): string[] {
  return readdirSync(join(checkout, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?ts$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(checkout.length + 1));
}

/** Every folder of sources lies in a room of rooms.mjs. */
function foldersWithoutRoom(): string[] {
  const known = [...Object.keys(rooms), ...testingRooms];
  const folders = new Set(sourceFiles().map((file) => file.split("/").slice(1, -1).join("/")));
  return [...folders]
    .filter((folder) => folder !== "" && !known.some((room) => `${folder}/`.startsWith(`${room}/`)))
    .map(
      (folder) =>
        `src/${folder}: no room of rooms.mjs; add it there and to ARCHITECTURE.md, or move its files`,
    );
}

function missedByCanary(report: RoomReport): string[] {
  return planted
    .filter(([rule, from]) => !report.violations.some((found) => found.rule === rule && found.from === from))
    .map(([rule, from]) => `test/rooms-canary/${from}: planted violation of ${rule} was not reported`);
}
