// DynamoDB Local's flags, understood as it understands them.
import { describe, expect, it } from "vitest";
import { isLocalCommand, localBanner, readLocalCommand } from "./local-flags.ts";

const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");

describe("a command line of DynamoDB Local", () => {
  it.each([
    ["-port 8000 -inMemory", true],
    ["-jar DynamoDBLocal.jar -sharedDb", true],
    ["java -Djava.library.path=./lib -jar DynamoDBLocal.jar", true],
    ["serve -inMemory", true],
    ["serve --port 8000", false],
    ["--help", false],
    ["-h", false],
  ])("is recognised: %s", (text, expected) => {
    expect(isLocalCommand(words(text))).toBe(expected);
  });

  it.each([
    ["-jar DynamoDBLocal.jar", []],
    ["java -Djava.library.path=./DynamoDBLocal_lib -Xmx256m -jar DynamoDBLocal.jar -inMemory", ["--memory"]],
    ["-port 1234 -dbPath /data -sharedDb -cors *", ["--port=1234", "--data=/data", "--shared", "--cors=*"]],
    ["-delayTransientStatuses", ["--update-delay-ms=3000"]],
    ["-dbPath d -optimizeDbBeforeStartup -disableTelemetry", ["--data=d"]],
  ])("means: %s", (text, args) => {
    expect(readLocalCommand(words(text))).toMatchObject({ kind: "serve", args });
  });

  it.each([
    ["-inMemory -dbPath d", "-inMemory and -dbPath exclude each other"],
    ["-optimizeDbBeforeStartup", "-optimizeDbBeforeStartup needs -dbPath"],
    ["-inmemory", "unknown option -inmemory; did you mean -inMemory?"],
    ["-port", "-port needs a value"],
    ["-port -inMemory", "-port needs a value"],
    ["-inMemory 8000", "unexpected argument '8000'"],
  ])("is refused: %s", (text, message) => {
    expect(readLocalCommand(words(text))).toEqual({ kind: "usage", message });
  });

  it("may ask for help or the version", () => {
    expect(readLocalCommand(["-jar", "DynamoDBLocal.jar", "-help"]).kind).toBe("help");
    expect(readLocalCommand(["-version"]).kind).toBe("version");
  });

  it("is answered with the lines scripts look for", () => {
    const command = readLocalCommand(words("-port 9000 -inMemory -cors *"));
    const given = command.kind === "serve" ? command.given : new Map<string, string>();
    expect(localBanner(given, "1.2.3")).toEqual([
      "Port:\t9000",
      "InMemory:\ttrue",
      "Version:\t1.2.3",
      "DbPath:\tnull",
      "SharedDb:\tfalse",
      "shouldDelayTransientStatuses:\tfalse",
      "CorsParams:\t*",
    ]);
  });
});
