// Runs inside vitest and writes its TestReport. Vitest's own JSON report has no diffs, no errors of a group's hooks and
// no uncaught errors, which are what a failure that does not repeat leaves behind.
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from "vitest/node";
import { reportPathVariable } from "./vitest-report.ts";
import type { Failure, FailureError, TestReport } from "./vitest-report.ts";

const checkout = join(import.meta.dirname, "..");

class ReportWriter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], uncaught: readonly SerializedError[]): void {
    const path = process.env[reportPathVariable];
    if (path === undefined) throw new Error(`${reportPathVariable} says where to write the report`);
    const report: TestReport = {
      passed: modules.reduce((sum, module) => sum + [...module.children.allTests("passed")].length, 0),
      failures: [...modules.flatMap(failuresOfModule), ...uncaught.map(uncaughtFailure)],
      skipped: modules.flatMap(skippedOfModule),
    };
    writeFileSync(path, JSON.stringify(report));
  }
}

function failuresOfModule(module: TestModule): readonly Failure[] {
  const groups = [module, ...module.children.allSuites()].filter((group) => group.errors().length > 0);
  return [...groups.map(groupFailure), ...[...module.children.allTests("failed")].map(testFailure)];
}

/** A file that cannot be loaded, or a hook that failed: its tests did not run, or passed in vain. */
function groupFailure(group: TestModule | TestSuite): Failure {
  const file = fileName(group.type === "module" ? group.moduleId : group.module.moduleId);
  const name = group.type === "module" ? file : `${file} > ${group.fullName}`;
  return { name: `${name} (outside its tests)`, errors: group.errors().map(readError) };
}

function testFailure(test: TestCase): Failure {
  const durationMs = test.diagnostic()?.duration;
  return {
    name: `${fileName(test.module.moduleId)} > ${test.fullName}`,
    ...(durationMs === undefined ? {} : { durationMs }),
    errors: (test.result().errors ?? []).map(readError),
  };
}

function uncaughtFailure(error: SerializedError): Failure {
  const file = error["VITEST_TEST_PATH"];
  const during = typeof file === "string" ? ` while ${fileName(file)} ran` : "";
  return { name: `error that nobody caught${during}`, errors: [readError(error)] };
}

function skippedOfModule(module: TestModule): TestReport["skipped"] {
  const states = ["skipped", "pending"] as const;
  const names = states.flatMap((state) => [...module.children.allTests(state)]).map((test) => test.fullName);
  return names.length === 0 ? [] : [{ file: fileName(module.moduleId), names }];
}

/** Errors come with whatever properties they had, which need not fit into JSON. */
function readError(error: SerializedError): FailureError {
  return {
    message: error.message,
    diff: typeof error["diff"] === "string" ? error["diff"] : undefined,
    cause: error.cause === undefined ? undefined : { message: error.cause.message },
    stacks: error.stacks?.map(({ file, line }) => ({ file, line })),
  };
}

function fileName(moduleId: string): string {
  return relative(checkout, moduleId);
}

// oxlint-disable-next-line import/no-default-export -- Vitest takes the reporter of a file from its default export.
export default ReportWriter;
