// Whose credentials an end is asked with.
import { expect, test } from "vitest";
import { endCredential, endRegion } from "./end-credentials.ts";

const aws = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "B", AWS_SESSION_TOKEN: "C" };
const own = { STATOR_TO_ACCESS_KEY_ID: "D", STATOR_TO_SECRET_ACCESS_KEY: "E" };

test("its own win over those of the AWS tools, and bring no token of theirs", () => {
  expect(endCredential("to", true, { ...aws, ...own })).toEqual({
    kind: "credential",
    credential: { accessKeyId: "D", secretAccessKey: "E" },
  });
  expect(endCredential("from", true, { ...aws, ...own })).toEqual({
    kind: "credential",
    credential: { accessKeyId: "A", secretAccessKey: "B", sessionToken: "C" },
  });
});

test("AWS needs some, a server may not", () => {
  expect(endCredential("from", true, {})).toEqual({
    kind: "issue",
    message:
      "--from needs credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, " +
      "or STATOR_FROM_ACCESS_KEY_ID and STATOR_FROM_SECRET_ACCESS_KEY",
  });
  expect(endCredential("from", false, {})).toMatchObject({ credential: { accessKeyId: "local" } });
  expect(endCredential("to", false, { STATOR_TO_ACCESS_KEY_ID: "D", ...aws })).toEqual({
    kind: "issue",
    message: "STATOR_TO_ACCESS_KEY_ID and STATOR_TO_SECRET_ACCESS_KEY need each other",
  });
});

test("the region is the one given, the host's, the environment's", () => {
  const environment = { AWS_REGION: "c", AWS_DEFAULT_REGION: "d" };
  expect(endRegion("a", "b", environment)).toBe("a");
  expect(endRegion(undefined, "b", environment)).toBe("b");
  expect(endRegion(undefined, undefined, environment)).toBe("c");
  expect(endRegion(undefined, undefined, {})).toBe("us-east-1");
});
