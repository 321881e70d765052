// Answers on a real socket, taken by a client that reads when the test says so.
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { AnswerWriter } from "./answer-writer.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function pair(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => {
    server.once("connection", resolve);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const far = connect(address.port, "127.0.0.1");
  far.pause();
  const near = await accepted;
  closing.push(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}

async function readAll(far: Socket, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let received = 0;
  await new Promise<void>((resolve) => {
    far.on("data", (piece: Buffer) => {
      pieces.push(piece);
      received += piece.length;
      if (received >= bytes) resolve();
    });
    far.resume();
  });
  return Buffer.concat(pieces);
}

describe("an answer", () => {
  it.each([0, 100, 8192, 8193, 300_000])(
    "of %i bytes is taken at once by an empty socket",
    async (length) => {
      const { near, far } = await pair();
      let told = 0;
      const writer = new AnswerWriter(near, () => {
        told += 1;
      });
      const body = Buffer.alloc(length, "b");
      expect(writer.write("head", body)).toBe(true);
      expect(writer.unsentBytes).toBe(0);
      const received = await readAll(far, 4 + length);
      expect(received.equals(Buffer.concat([Buffer.from("head"), body]))).toBe(true);
      expect(told).toBe(0);
    },
  );

  it("that is too large for the system goes out piece by piece, in order, and says when it is done", async () => {
    const { near, far } = await pair();
    const left: number[] = [];
    let finish: (() => void) | undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const writer = new AnswerWriter(near, (done) => {
      left.push(writer.unsentBytes);
      if (done) finish?.();
    });
    const body = Buffer.alloc(20_000_000);
    for (let index = 0; index < body.length; index += 4) body.writeUInt32LE(index, index);
    expect(writer.write("head", body)).toBe(false);
    expect(writer.unsentBytes).toBeGreaterThan(1_000_000);
    const received = await readAll(far, 4 + body.length);
    await finished;
    expect(received.subarray(4).equals(body)).toBe(true);
    // Each time less than before: progress can be told from a standstill.
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(left.length).toBeGreaterThan(1);
    expect(left.at(-1)).toBe(0);
  });

  it("is told to be taken even when the socket thinks that it is little", async () => {
    const { near, far } = await pair();
    const outcome = new Promise<boolean>((resolve) => {
      const writer = new AnswerWriter(near, resolve);
      while (writer.writeText("x".repeat(10_000)));
    });
    far.resume();
    expect(await outcome).toBe(true);
  });
});
