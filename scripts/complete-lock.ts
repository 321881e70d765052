// Adds to package-lock.json the platform packages that npm could not find when it wrote the file.
//
// Native tools list one optional package per platform. A registry mirror that lacks those of other platforms
// makes npm leave them out of the lock file without a word, and `npm ci` then refuses it ("Missing: ... from
// lock file"). Their versions are exact in the packages that list them, and their platforms are in their
// names, so the entries can be completed; only the integrity hash is unknown, and npm fills it in when
// somebody runs `npm install` against a full registry. Run it after changing dependencies on such a machine.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./steps.ts";

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockFile {
  packages: Record<string, LockedPackage>;
}

const path = join(checkout, "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8")) as LockFile;
const added = Object.entries(lock.packages).flatMap(([parent, locked]) => missingOf(parent, locked));
const sorted = Object.entries({ ...lock.packages, ...Object.fromEntries(added) }).toSorted(([a], [b]) =>
  a.localeCompare(b, "en"),
);
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
console.log(`${added.length} platform packages added to package-lock.json`);

function missingOf(parent: string, locked: LockedPackage): [string, object][] {
  return Object.entries(locked.optionalDependencies ?? {})
    .filter(
      ([name]) =>
        !Object.hasOwn(lock.packages, `node_modules/${name}`) &&
        !Object.hasOwn(lock.packages, `${parent}/node_modules/${name}`),
    )
    .map(([name, version]) => {
      const dev = locked.dev === true ? { dev: true } : {};
      return [`node_modules/${name}`, { version, ...dev, optional: true, ...platformOf(name, version) }];
    });
}

/** Operating system, processor and C library of a package like "@oxlint/binding-linux-arm64-musl". */
function platformOf(name: string, version: string): object {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const os = words.find((word) =>
    ["android", "darwin", "freebsd", "linux", "openharmony", "win32"].includes(word),
  );
  const cpu = words.find((word) =>
    ["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "x64"].includes(word),
  );
  const exact = /^\d+\.\d+\.\d+$/u.test(version);
  if (os === undefined || cpu === undefined || !exact)
    throw new Error(`${name}@${version}: platform or version unknown`);
  const libc =
    os === "linux" ? (words.some((word) => word.startsWith("musl")) ? ["musl"] : ["glibc"]) : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc }) };
}
