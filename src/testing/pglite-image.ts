/**
 * PGlite (PostgreSQL in WebAssembly) with an empty database. Making one takes seconds, loading an image of one half a
 * second, so the first process that needs one leaves an image for all that follow.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";

/** An instance in memory, for its caller alone. */
export async function startPglite(): Promise<PGlite> {
  const [{ PGlite }, image] = await Promise.all([import("@electric-sql/pglite"), readImage()]);
  if (image !== undefined) {
    return PGlite.create({ loadDataDir: image });
  }
  const database = await PGlite.create();
  await writeImage(await database.dumpDataDir("none"));
  return database;
}

/** Makes the image if there is none, so that tests with limits of their own do not wait for it. */
export async function preparePglite(): Promise<void> {
  if ((await readImage()) === undefined) {
    const database = await startPglite();
    await database.close();
  }
}

async function readImage(): Promise<Blob | undefined> {
  try {
    return new Blob([await readFile(await imagePath())]);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Several processes may do so at once; each renames a whole file. */
async function writeImage(image: Blob): Promise<void> {
  const path = await imagePath();
  const ownPath = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(ownPath, Buffer.from(await image.arrayBuffer()));
    await rename(ownPath, path);
  } finally {
    await rm(ownPath, { force: true });
  }
}

/** Another version may have another format. */
async function imagePath(): Promise<string> {
  const modules = join(import.meta.dirname, "../../node_modules");
  const text = await readFile(join(modules, "@electric-sql/pglite/package.json"), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return join(modules, ".cache/stator", `pglite-${version}.tar`);
}
