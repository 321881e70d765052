// Turns rooms.mjs into dependency-cruiser rules and runs them over one src folder. Used on the real sources
// and on the planted mistakes of test/rooms-canary, so that both are judged by exactly the same rules.
import { cruise } from "dependency-cruiser";
import type { ICruiseResult, IFlattenedRuleSet, IRegularForbiddenRuleType } from "dependency-cruiser";
import { teachUsing } from "./swc-using.ts";
import packageFile from "../package.json" with { type: "json" };
import { packageRooms, rooms, testingRooms } from "../rooms.mjs";

/** Code that may look behind doors and use the testing rooms: it is never part of the product. */
const testCode = ["\\.test\\.ts$", ...testingRooms.map(roomPath)];

/** Packages that users install beside ours when they want what needs them. */
const optionalPeers = Object.keys(packageFile.peerDependencies).map((name) => `^node_modules/${name}/`);

export interface RoomViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly advice: string;
}

export interface RoomReport {
  readonly violations: readonly RoomViolation[];
  /** Source path -> number of its imports that the parser saw. */
  readonly importCounts: ReadonlyMap<string, number>;
}

/** Cruises `src` below `folder` (a path relative to the working directory's checkout). */
export async function cruiseRooms(folder: string): Promise<RoomReport> {
  teachUsing();
  const answer = await cruise(["src"], {
    baseDir: folder,
    parser: "swc",
    // Type-only imports count too: a type that points the wrong way is a dependency that points the wrong way.
    tsPreCompilationDeps: true,
    validate: true,
    ruleSet: { forbidden: roomRules() } satisfies IFlattenedRuleSet,
    doNotFollow: { path: "node_modules" },
    outputType: "json",
  });
  const result = (
    typeof answer.output === "string" ? JSON.parse(answer.output) : answer.output
  ) as ICruiseResult;
  const violations = result.summary.violations.map((found) => ({
    rule: found.rule.name,
    from: found.from,
    to: found.cycle === undefined ? found.to : found.cycle.map((step) => step.name).join(" -> "),
    advice: adviceOf(found.rule.name),
  }));
  const own = result.modules.filter((module) => module.source.startsWith("src/"));
  return {
    violations,
    importCounts: new Map(own.map((module) => [module.source, module.dependencies.length])),
  };
}

function roomPath(room: string): string {
  return `^src/${room}/`;
}

function roomRules(): IRegularForbiddenRuleType[] {
  return [
    ...Object.entries(rooms).flatMap(([room, allowed]) => [directionRule(room, allowed), doorRule(room)]),
    ...Object.entries(packageRooms).map(([name, allowed]) => packageRule(name, allowed)),
    {
      name: "testing",
      severity: "error",
      from: { path: "^src/", pathNot: testCode },
      to: { path: testingRooms.map(roomPath) },
    },
    {
      name: "public-door",
      severity: "error",
      from: { path: "^src/index\\.ts$" },
      to: { path: "^src/", pathNot: [`${roomPath("client")}index\\.ts$`] },
    },
    {
      name: "public-door-use",
      severity: "error",
      from: { path: "^src/.+/", pathNot: testCode },
      to: { path: "^src/[^/]+\\.c?ts$" },
    },
    { name: "cycle", severity: "error", from: {}, to: { circular: true } },
    { name: "unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "dev-package",
      severity: "error",
      from: { path: "^src/", pathNot: testCode },
      // An optional peer is a development dependency of the checkout as well.
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: optionalPeers },
    },
  ];
}

function directionRule(room: string, allowed: readonly string[]): IRegularForbiddenRuleType {
  return {
    name: `room-${room}`,
    severity: "error",
    from: { path: roomPath(room), pathNot: testCode },
    to: { path: "^src/.+/", pathNot: [room, ...allowed, ...testingRooms].map(roomPath) },
  };
}

function doorRule(room: string): IRegularForbiddenRuleType {
  return {
    name: `door-${room}`,
    severity: "error",
    from: { path: "^src/", pathNot: [roomPath(room), ...testCode] },
    to: { path: roomPath(room), pathNot: `^src/${room}/index\\.ts$` },
  };
}

function packageRule(name: string, allowed: readonly string[]): IRegularForbiddenRuleType {
  const bare = name.replace(/^node:/u, "");
  const path = name.startsWith("node:") ? `^(node:)?${bare}$` : `(^|node_modules/)${name}(/|$)`;
  return {
    name: `package-${name}`,
    severity: "error",
    from: { path: "^src/", pathNot: [...allowed.map(roomPath), ...testCode] },
    to: { path, pathNot: "^src/" },
  };
}

/** Every rule says what to do instead, because a rule that only says no is worked around. */
function adviceOf(rule: string): string {
  const [kind, ...rest] = rule.split("-");
  const name = rest.join("-");
  if (kind === "room") {
    const allowed = rooms[name] ?? [];
    return `${name} may import ${allowed.length === 0 ? "no other room" : allowed.join(", ")}; move the code, or pass what it needs in as a parameter.`;
  }
  if (kind === "door")
    return `import src/${name}/index.ts; if the door lacks it, ask whether it should be public.`;
  if (kind === "package") {
    return `${name} belongs to ${(packageRooms[name] ?? []).join(", ")}; use what that room offers, or a parameter.`;
  }
  return otherAdvice[rule] ?? "";
}

const otherAdvice: Readonly<Record<string, string>> = {
  testing: "src/testing is for *.test.ts, test/ and bench/; product code must not need it.",
  "public-door": "src/index.ts re-exports src/client/index.ts only.",
  "public-door-use": "rooms import rooms; src/index.ts is for users of the package.",
  cycle: "move what both need into the lower room, or into a file of its own; type imports count too.",
  unresolved: "the file or package does not exist (imports end in .ts).",
  "dev-package": "the package is not a runtime dependency; product code may use dependencies only.",
};
