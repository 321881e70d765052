// The command as a user types it: help, version, errors, exit codes.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandContext, StopSignal } from "./command-context.ts";
import { runCommand } from "./run-command.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stator-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command; `during` is called when the server has said that it listens, then SIGTERM is sent. */
async function run(
  args: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly during?: (endpoint: string) => Promise<void>;
  } = {},
): Promise<Outcome> {
  let output = "";
  let errors = "";
  const { promise: listening, resolve } = Promise.withResolvers<string>();
  const signals: Promise<StopSignal>[] = [
    listening.then(async (endpoint): Promise<StopSignal> => {
      await options.during?.(endpoint);
      return "SIGTERM";
    }),
  ];
  const context: CommandContext = {
    // One thread unless a test is about threads: each further one loads all sources again.
    environment: { STATOR_ROUTERS: "0", ...options.environment },
    write(text) {
      output += text;
      const endpoint = /listening on (\S+)/.exec(text)?.[1];
      if (endpoint !== undefined) resolve(endpoint);
    },
    writeError: (text) => {
      errors += text;
    },
    nextSignal: () => signals.shift() ?? new Promise(() => undefined),
    exit: () => undefined,
    processAgeMs: () => 0,
  };
  return { code: await runCommand(args, context), output, errors };
}

/** An initial file with one table. */
function tableJson(TableName: string): string {
  return JSON.stringify({
    TableName,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
}

describe("entry file", () => {
  it("loads nothing before it has looked at the version of Node", async () => {
    const source = await readFile(new URL("main.ts", import.meta.url), "utf8");
    expect(source).not.toMatch(/^import\b|^export .* from/m);
    expect(source.indexOf("process.versions.node")).toBeLessThan(source.indexOf("await import("));
  });
});

describe("stator", () => {
  it("prints its help", async () => {
    for (const args of [
      ["--help"],
      ["help"],
      [],
      ["serve", "--help"],
      ["serve", "-h"],
      ["-jar", "x.jar", "-help"],
    ]) {
      const { code, output, errors } = await run(args);
      expect([code, errors]).toEqual([0, ""]);
      expect(output).toContain("stator serve [options]");
    }
    expect((await run(["--help"])).output).toMatchSnapshot();
  });

  it("prints its version", async () => {
    for (const args of [["--version"], ["-version"]]) {
      expect(await run(args)).toEqual({
        code: 0,
        output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
        errors: "",
      });
    }
  });

  it.each([
    [["start"], "stator: unknown command 'start'; try stator --help\n"],
    [["--port", "1"], "stator: unknown option --port; try stator --help\n"],
    [["--hepl"], "stator: unknown option --hepl; did you mean --help?; try stator --help\n"],
    [["serve", "--prot", "1"], "stator: unknown option --prot; did you mean --port?\n"],
    [["-inMemory", "-dbPath", "x"], "stator: -inMemory and -dbPath exclude each other\n"],
    [["serve", "--memory", "--data", "x"], "stator: --memory and --data exclude each other\n"],
    [["serve", "--memory", "--store", "x"], "stator: --memory and --store exclude each other\n"],
    [["serve", "--data", "x", "--store", "x"], "stator: --data and --store exclude each other\n"],
    [["verify", "--data", "x", "--store", "x"], "stator: --data and --store exclude each other\n"],
    [["serve", "--store-password-file", "x"], "stator: --store-password-file needs --store\n"],
    [["serve", "--no-create"], "stator: --no-create needs --store\n"],
    [["serve", "--store", "db1"], "stator: the store's URL does not begin with postgres://\n"],
    [["migrate"], "stator: migrate needs --store; data in a folder is migrated when it is opened\n"],
    [["migrate", "--data", "x"], "stator: unknown option --data\n"],
    [["serve", "--tls-cert", "x"], "stator: --tls-cert and --tls-key need each other\n"],
    [["serve", "--credentials", "x"], "stator: --credentials needs --auth signed\n"],
    [
      ["serve", "--auth", "signed"],
      "stator: --auth signed needs --credentials FILE, or STATOR_ACCESS_KEY_ID and STATOR_SECRET_ACCESS_KEY\n",
    ],
  ])("answers wrong use %j in one line", async (args, errors) => {
    expect(await run(args)).toEqual({ code: 2, output: "", errors });
  });
});

describe("stator serve", () => {
  it("says how to reach it, answers, and stops on a signal", async () => {
    const answers: string[] = [];
    const { code, output, errors } = await run(["serve", "--memory", "--port", "0", "--routers", "2"], {
      during: async (endpoint) => {
        answers.push(await (await fetch(endpoint)).text());
      },
    });
    expect([code, errors, answers]).toEqual([0, "", ["healthy: dynamodb.us-east-1.amazonaws.com "]]);
    const port = /:(\d+)/.exec(output)?.[1];
    expect(
      output
        .replaceAll(`:${port}`, ":PORT")
        .replace(/stator \S+/, "stator VERSION")
        .replace(/\d+ ms/, "N ms"),
    ).toMatchInlineSnapshot(`
        "stator VERSION is listening on http://127.0.0.1:PORT (ready in N ms)
          data      in a temporary folder, gone when the server stops
          auth      open: any credentials are taken; one set of tables per region and account
          AWS CLI   aws dynamodb list-tables --endpoint-url http://127.0.0.1:PORT --region us-east-1
          SDKs      AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:PORT AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
        "
      `);
  });

  it("keeps data in the folder, makes initial tables once and tells what it did", async () => {
    const init = join(folder, "tables.json");
    await writeFile(init, tableJson("Orders"));
    const args = ["serve", "--port=0", `--data=${join(folder, "data")}`, `--init=${init}`];
    const first = await run(args);
    expect([first.code, first.errors]).toEqual([0, `stator: ${init}: created table Orders\n`]);
    const second = await run(args);
    expect(second.errors).toBe(`stator: ${init}: table Orders exists and is left as it is\n`);
    expect(second.output).toContain(`data      ${join(folder, "data")}`);
  });

  it("hears a signal from before it is there, and stops in good order", async () => {
    const init = join(folder, "early.json");
    await writeFile(init, tableJson("Early"));
    const events: string[] = [];
    const code = await runCommand(["serve", "--memory", "--port=0", `--init=${init}`], {
      environment: { STATOR_ROUTERS: "0" },
      write: () => events.push("listens"),
      writeError: () => events.push("starts"),
      nextSignal: () => {
        events.push("hears");
        return events.includes("starts") ? new Promise(() => undefined) : Promise.resolve("SIGTERM");
      },
      exit: () => undefined,
      processAgeMs: () => 0,
    });
    expect([code, events.slice(0, 3)]).toEqual([0, ["hears", "starts", "listens"]]);
  });

  it("understands DynamoDB Local's flags and prints its lines", async () => {
    const { code, output } = await run(["-jar", "DynamoDBLocal.jar", "-inMemory", "-port", "0", "-sharedDb"]);
    expect(code).toBe(0);
    expect(output).toContain("Port:\t0\nInMemory:\ttrue\n");
    expect(output).toContain("one set of tables for all");
  });

  it("takes its options from the environment", async () => {
    const environment = {
      STATOR_MEMORY: "true",
      STATOR_PORT: "0",
      STATOR_AUTH: "signed",
      STATOR_ACCESS_KEY_ID: "AKID",
      STATOR_SECRET_ACCESS_KEY: "hidden",
    };
    const { code, output } = await run(["serve"], { environment });
    expect(code).toBe(0);
    expect(output).toContain("signed: 1 access key;");
    expect(output).not.toContain("hidden");
  });

  it("refuses an open network in one line", async () => {
    const { code, errors } = await run(["serve", "--memory", "--port=0", "--host=0.0.0.0"]);
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^stator: refusing to listen on 0\.0\.0\.0 with --auth open: [^\n]*--allow-open-network\.\n$/,
    );
    const allowed = await run(["serve", "--memory", "--port=0", "--host=0.0.0.0", "--allow-open-network"]);
    expect(allowed.code).toBe(0);
    expect(allowed.output).toContain("--endpoint-url http://localhost:");
  });

  it("refuses a port or a folder that is taken, in one line", async () => {
    const data = join(folder, "owned");
    const refusals: Outcome[] = [];
    await run(["serve", "--port=0", `--data=${data}`], {
      during: async (endpoint) => {
        const port = new URL(endpoint).port;
        refusals.push(await run(["serve", "--memory", `--port=${port}`]));
        refusals.push(await run(["serve", "--port=0", `--data=${data}`]));
      },
    });
    expect(refusals.map(({ code, errors }) => [code, errors])).toEqual([
      [1, expect.stringMatching(/^stator: port \d+ on 127\.0\.0\.1 is taken by another program[^\n]*\n$/)],
      [1, expect.stringMatching(/^stator: [^\n]*owned[^\n]*\n$/)],
    ]);
  });

  it("refuses a database it cannot reach in one line, without the password", async () => {
    const store = "postgres://app:hidden@127.0.0.1:1/data";
    for (const routers of ["0", "1"]) {
      const { code, output, errors } = await run([
        "serve",
        "--port=0",
        `--store=${store}`,
        "--routers",
        routers,
      ]);
      expect([code, output]).toEqual([1, ""]);
      expect(errors).toMatch(/^stator: [^\n]*127\.0\.0\.1:1[^\n]*\n$/);
      expect(errors).not.toContain("hidden");
    }
    for (const command of ["verify", "migrate"]) {
      const { code, output, errors } = await run([command], { environment: { STATOR_STORE: store } });
      expect([code, output]).toEqual([1, ""]);
      expect(errors).toMatch(/^stator: [^\n]*127\.0\.0\.1:1[^\n]*\n$/);
      expect(errors).not.toContain("hidden");
    }
  });

  it("refuses a bad initial file or certificate in one line", async () => {
    for (const more of [
      "--init=none.json",
      "--tls-cert=none.pem --tls-key=none.pem",
      "--host=256.0.0.1 --allow-open-network",
    ]) {
      const { code, errors, output } = await run(["serve", "--memory", "--port=0", ...more.split(" ")]);
      expect([code, output, errors]).toEqual([1, "", expect.stringMatching(/^stator: [^\n]+\n$/)]);
    }
  });
});
