// Values of options, from the command line and from the environment.
import { describe, expect, it } from "vitest";
import { closestName } from "./closest-name.ts";
import { readOptionValues } from "./option-values.ts";
import { allServeOptions, environmentName } from "./serve-options-table.ts";

function messageOf(args: readonly string[], environment = {}): string {
  const outcome = readOptionValues(args, environment);
  return outcome.kind === "usage" ? outcome.message : "";
}

function valuesOf(args: readonly string[], environment = {}) {
  const outcome = readOptionValues(args, environment);
  if (outcome.kind === "usage") throw new Error(outcome.message);
  return outcome;
}

describe("options table", () => {
  it("has unique names in lower case, and a sentence for each", () => {
    const names = allServeOptions().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const option of allServeOptions()) {
      expect(option.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(option.help).toMatch(/^[A-Za-z].*\.$/);
    }
  });

  it("can be set option by option, by argument and by environment, to the same effect", () => {
    for (const option of allServeOptions()) {
      const texts = { flag: "true", number: "7", list: "value", text: "value" };
      const text = (option.kind === "text" ? option.choices?.[0] : undefined) ?? texts[option.kind];
      const argument = option.kind === "flag" ? `--${option.name}` : `--${option.name}=${text}`;
      const byArgument = valuesOf([argument]);
      expect(valuesOf([], { [environmentName(option)]: text })).toEqual(byArgument);
      expect(byArgument.given).toEqual(new Set([option.name]));
    }
  });
});

describe("option values", () => {
  it("have defaults", () => {
    const { texts, numbers, flags, lists, given } = valuesOf([]);
    expect([texts.get("host"), numbers.get("port"), flags.size, lists.size, given.size]).toEqual([
      "127.0.0.1",
      8000,
      0,
      0,
      0,
    ]);
    expect(numbers.has("slow-ms")).toBe(false);
  });

  it("come with an equal-sign or as the next argument", () => {
    const values = valuesOf(["--port=1", "--host", "::1", "--data=a=b"]);
    expect([values.numbers.get("port"), values.texts.get("host"), values.texts.get("data")]).toEqual([
      1,
      "::1",
      "a=b",
    ]);
  });

  it("are taken from arguments before the environment", () => {
    expect(valuesOf(["--port", "1"], { STATOR_PORT: "2" }).numbers.get("port")).toBe(1);
  });

  it("may be lists", () => {
    const values = valuesOf(["--init", "a,b", "--init=c", "--cors", "x, y"]);
    expect([values.lists.get("init"), values.lists.get("cors")]).toEqual([
      ["a,b", "c"],
      ["x", "y"],
    ]);
    expect(valuesOf([], { STATOR_INIT: "a, b" }).lists.get("init")).toEqual(["a", "b"]);
  });

  it("ignore empty variables, flags switched off, and the port Kubernetes sets", () => {
    const environment = { STATOR_DATA: "", STATOR_MEMORY: "off", STATOR_PORT: "tcp://10.0.0.1:8000" };
    expect(valuesOf([], environment).given.size).toBe(0);
  });

  it.each([
    [["--prot", "1"], "unknown option --prot; did you mean --port?"],
    [["--portt=1"], "unknown option --portt; did you mean --port?"],
    [["--nonsense-entirely"], "unknown option --nonsense-entirely"],
    [["--constructor"], "unknown option --constructor"],
    [["extra"], "unexpected argument 'extra'"],
    [["--port"], "--port needs a value"],
    [["--host", "--memory"], "--host needs a value"],
    [["--host="], "--host needs a value"],
    [["--memory=yes"], "--memory takes no value"],
    [["--port", "1", "--port", "2"], "--port is given twice"],
    [["--port", "x"], "--port must be a whole number from 0 to 65535, not 'x'"],
    [["--port", "65536"], "--port must be a whole number from 0 to 65535, not '65536'"],
    [["--port", "-1"], "--port must be a whole number from 0 to 65535, not '-1'"],
    [["--auth", "none"], "--auth must be open or signed, not 'none'"],
  ])("refuse %j", (args, message) => {
    expect(messageOf(args)).toBe(message);
  });

  it.each([
    [{ STATOR_PORT: "x" }, "STATOR_PORT must be a whole number from 0 to 65535, not 'x'"],
    [{ STATOR_MEMORY: "maybe" }, "STATOR_MEMORY must be true or false"],
    [{ STATOR_AUTH: "x" }, "STATOR_AUTH must be open or signed, not 'x'"],
  ])("refuse the environment %j", (environment, message) => {
    expect(messageOf([], environment)).toBe(message);
  });
});

describe("closest name", () => {
  it("finds what was meant, or nothing", () => {
    const known = ["--port", "--host", "--allow-open-network"];
    expect(closestName("--prt", known)).toBe("--port");
    expect(closestName("--allow-network", known)).toBe("--allow-open-network");
    expect(closestName("--zzzzzzzz", known)).toBeUndefined();
    expect(closestName("x".repeat(100_000), known)).toBeUndefined();
  });
});
