// The SDK's request handler over a wire in this process.
import { describe, expect, it } from "vitest";
import type { WireRequest, WireResponse } from "../wire/index.ts";
import { createInProcessHandler, type SdkRequest } from "./in-process-handler.ts";

const answer: WireResponse = { status: 200, headers: { "X-Odd": "1" }, body: Buffer.from("{}") };
const base: SdkRequest = { method: "POST", path: "/", headers: {} };

async function received(request: Partial<SdkRequest>): Promise<WireRequest | undefined> {
  let seen: WireRequest | undefined;
  const handler = createInProcessHandler(async (wireRequest) => {
    seen = wireRequest;
    return answer;
  });
  await handler.handle({ ...base, ...request });
  return seen;
}

describe("in-process handler", () => {
  it("hands over the parts of a request", async () => {
    expect(
      await received({
        headers: { "X-Amz-Target": "t" },
        body: "é",
        query: { a: "1 2", b: ["x", "y"], c: null },
      }),
    ).toEqual({
      method: "POST",
      url: "/?a=1%202&b=x&b=y&c",
      headers: { "x-amz-target": "t" },
      body: Buffer.from("é"),
    });
  });

  it.each([
    [undefined, 0],
    [null, 0],
    ["ab", 2],
    [Uint8Array.of(1, 2, 3).subarray(1), 2],
    [new ArrayBuffer(3), 3],
  ])("takes %s as body", async (body, length) => {
    expect((await received({ body }))?.body.length).toBe(length);
  });

  it("refuses bodies it cannot read whole", async () => {
    await expect(received({ body: { pipe: true } })).rejects.toThrow("text or bytes only");
  });

  it("answers with header names in lower case", async () => {
    const { response } = await createInProcessHandler(async () => answer).handle(base);
    expect(response).toEqual({ statusCode: 200, headers: { "x-odd": "1" }, body: Buffer.from("{}") });
  });

  it("honours a signal before, during and after", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<WireResponse>();
    const handler = createInProcessHandler(() => held);
    const before = handler.handle(base, { abortSignal: AbortSignal.abort() });
    await expect(before).rejects.toMatchObject({ name: "AbortError" });
    const controller = new AbortController();
    const during = handler.handle(base, { abortSignal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(during).rejects.toMatchObject({ name: "AbortError", cause: { message: "enough" } });
    const after = handler.handle(base, { abortSignal: new AbortController().signal });
    release(answer);
    expect((await after).response.statusCode).toBe(200);
  });

  it("has what the SDK asks of a handler", () => {
    const handler = createInProcessHandler(async () => answer);
    expect(handler.metadata.handlerProtocol).toBe("http/1.1");
    expect(handler.httpHandlerConfigs()).toEqual({});
    handler.updateHttpClientConfig("a" as never, "b" as never);
    handler.destroy();
  });
});
