// Credentials from files and from the environment.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environmentCredentials, loadCredentialsFile } from "./credentials-source.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stator-credentials-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(text: string): ReturnType<typeof loadCredentialsFile> {
  const path = join(folder, "credentials");
  await writeFile(path, text);
  return loadCredentialsFile(path);
}

describe("credentials files", () => {
  it("reads JSON", async () => {
    const outcome = await load(
      '[{"accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","accountId":"123456789012","expires":"2026-01-01T00:00:00Z"},' +
        '{"accessKeyId":"B","secretAccessKey":"u"}]',
    );
    expect(outcome).toEqual({
      kind: "loaded",
      credentials: new Map([
        [
          "A",
          {
            accessKeyId: "A",
            secretAccessKey: "s",
            sessionToken: "t",
            accountId: "123456789012",
            expiresMs: Date.UTC(2026, 0, 1),
          },
        ],
        ["B", { accessKeyId: "B", secretAccessKey: "u" }],
      ]),
    });
  });

  it("reads one JSON object", async () => {
    expect(await load('{ "accessKeyId": "A", "secretAccessKey": "s" }')).toMatchObject({ kind: "loaded" });
  });

  it("reads the format of ~/.aws/credentials", async () => {
    const outcome = await load(
      "# mine\n[default]\naws_access_key_id = A\r\naws_secret_access_key=a=b\n\n[role]\nrole_arn=x\n" +
        "[other]\naws_access_key_id=B\naws_secret_access_key=c\naws_session_token=t\naws_account_id=123456789012\n",
    );
    expect(outcome).toEqual({
      kind: "loaded",
      credentials: new Map([
        ["A", { accessKeyId: "A", secretAccessKey: "a=b" }],
        ["B", { accessKeyId: "B", secretAccessKey: "c", sessionToken: "t", accountId: "123456789012" }],
      ]),
    });
  });

  it.each([
    ['[{"accessKeyId":"A"}]', "access key 1: secretAccessKey is missing"],
    ['[{"accessKeyId":"a/b","secretAccessKey":"hidden"}]', "accessKeyId must be letters"],
    ['[{"accessKeyId":"A","secretAccessKey":"hidden","accountId":"1"}]', "accountId must have twelve digits"],
    ['[{"accessKeyId":"A","secretAccessKey":"hidden","expires":"soon"}]', "expires must be an ISO date"],
    ['[{"accessKeyId":"A","secretAccessKey":"hidden"', "not valid JSON"],
    ["[default]\nhidden", "line 2 is no profile and no setting"],
    ["aws_access_key_id=hidden", "line 1 is no profile and no setting"],
    ["[default]\n", "no access key inside"],
    ["", "no access key inside"],
  ])("refuses %j without quoting it", async (text, message) => {
    const outcome = await load(text);
    expect(outcome).toEqual({ kind: "failed", message: expect.stringContaining(message) });
    expect(JSON.stringify(outcome)).not.toContain("hidden");
  });

  it("says that a file is missing", async () => {
    const outcome = await loadCredentialsFile(join(folder, "none"));
    expect(outcome).toEqual({ kind: "failed", message: expect.stringContaining("ENOENT") });
  });
});

describe("credentials of the environment", () => {
  it("are one access key", () => {
    const environment = {
      STATOR_ACCESS_KEY_ID: "A",
      STATOR_SECRET_ACCESS_KEY: "s",
      STATOR_ACCOUNT_ID: "123456789012",
    };
    expect(environmentCredentials(environment)).toEqual({
      kind: "loaded",
      credentials: new Map([["A", { accessKeyId: "A", secretAccessKey: "s", accountId: "123456789012" }]]),
    });
  });

  it("may be absent or incomplete", () => {
    expect(environmentCredentials({})).toBeUndefined();
    expect(environmentCredentials({ STATOR_ACCESS_KEY_ID: "A" })).toMatchObject({ kind: "failed" });
  });
});
