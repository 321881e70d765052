#!/usr/bin/env node
/**
 * Entry of the `stator` command. Has no imports and only syntax that old Nodes can read, so that they, too,
 * get one clear line; everything else is loaded when the version is right.
 */
const nodeMajorMin = 24;

if (Number(process.versions.node.split(".")[0]) < nodeMajorMin) {
  process.stderr.write(
    `stator: needs Node ${nodeMajorMin} or newer, this is Node ${process.versions.node}\n`,
  );
  process.exitCode = 1;
} else {
  const { keepCompiledModules } = await import("./compiled-modules.ts");
  keepCompiledModules(import.meta.url);
  const { runCommand } = await import("./run-command.ts");
  process.exitCode = await runCommand(process.argv.slice(2));
}

// Makes this file a module, which allows the await above.
export {};
