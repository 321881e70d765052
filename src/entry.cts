// What `import` and `require` of the package load: a check of the Node version, then the real modules.
//
// It is CommonJS and written in old JavaScript so that every Node can read it far enough to print one clear
// line. It loads Stator with Node's own loader even inside Jest, whose module system knows neither
// ECMAScript modules in require() nor newer built-ins: this way there is one build and one instance of it, and a
// test's fake timers do not stop the engine. scripts/build.ts compares the names below with src/index.ts.

if (Number(process.versions.node.split(".")[0]) < 24) {
  const oldNode = new Error("Stator needs Node 24 or newer; this is " + process.version);
  oldNode.stack = oldNode.message;
  throw oldNode;
}

// In Jest, `process` is a copy whose getBuiltinModule gives Jest's loader; the main context has the real one.
const host = process.getBuiltinModule("node:vm").runInThisContext("process") as NodeJS.Process;
const stator = host.getBuiltinModule("node:module").createRequire(__filename)("./index.js") as Record<
  string,
  unknown
>;

// Written out one by one: this is what lets `import { open } from "stator"` find the names.
exports.open = stator["open"];
