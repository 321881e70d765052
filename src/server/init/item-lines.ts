/** Files of items, one JSON object per line, packed or not: read in pieces, however large they are. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** An item of 400 KB has less than this many characters, whatever its escapes. */
const lineBytesMax = 8 * 1024 * 1024;
const newline = 0x0a;

export class ItemFileError extends Error {}

/** Yields line number and text of the lines that are not blank. Throws ItemFileError for what cannot be read. */
export async function* readItemLines(path: string): AsyncGenerator<readonly [line: number, text: string]> {
  let pieces: Buffer[] = [];
  let piecesBytes = 0;
  let line = 0;
  for await (const chunk of readChunks(path)) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      line += 1;
      const text = textOf([...pieces, chunk.subarray(start, end)]);
      pieces = [];
      piecesBytes = 0;
      start = end + 1;
      if (text !== "") yield [line, text];
    }
    pieces.push(chunk.subarray(start));
    piecesBytes += chunk.length - start;
    if (piecesBytes > lineBytesMax)
      throw new ItemFileError(`line ${line + 1} is longer than ${lineBytesMax} bytes`);
  }
  const text = textOf(pieces);
  if (text !== "") yield [line + 1, text];
}

function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString("utf8").trim();
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  try {
    if (path.endsWith(".gz")) {
      const unpacked = createGunzip();
      // Failures of either side surface in the loop below.
      const piped = pipeline(file, unpacked).catch((error: unknown) => {
        unpacked.destroy(error instanceof Error ? error : new Error("unreadable"));
      });
      yield* unpacked;
      await piped;
    } else {
      yield* file;
    }
  } catch (error) {
    throw new ItemFileError(error instanceof Error ? error.message : "unreadable", { cause: error });
  } finally {
    file.destroy();
  }
}
