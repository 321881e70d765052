// The rooms of src/ and what each may import. Absent means forbidden. Checked by scripts/check-rooms.ts
// and printed in ARCHITECTURE.md; a room is a folder with one door, its index.ts.

/** @type {Record<string, readonly string[]>} */
export const rooms = {
  base: [],
  metrics: ["base"],
  values: ["base"],
  expressions: ["base", "values"],
  api: ["base", "values"],
  "storage/contract": ["base", "values", "metrics"],
  "storage/sqlite": ["base", "values", "metrics", "storage/contract"],
  vectors: ["base", "values"],
  partiql: ["base", "values", "expressions"],
  changes: ["base", "storage/contract"],
  catalog: ["base", "values", "api", "changes", "storage/contract"],
  partitions: ["base", "values", "metrics", "catalog", "storage/contract"],
  indexes: ["base", "values", "vectors", "catalog", "partitions", "changes", "storage/contract"],
  mutations: [
    "base",
    "values",
    "expressions",
    "api",
    "catalog",
    "partitions",
    "changes",
    "indexes",
    "storage/contract",
  ],
  operations: [
    "base",
    "metrics",
    "values",
    "expressions",
    "partiql",
    "vectors",
    "api",
    "catalog",
    "partitions",
    "changes",
    "indexes",
    "mutations",
    "storage/contract",
  ],
  wire: ["base", "values", "api"],
  server: [
    "base",
    "metrics",
    "values",
    "expressions",
    "partiql",
    "api",
    "catalog",
    "partitions",
    "changes",
    "indexes",
    "mutations",
    "operations",
    "wire",
    "storage/contract",
    "storage/sqlite",
  ],
  client: ["base", "api", "catalog", "indexes", "wire", "server"],
  cli: ["base", "server"],
};

/** Rooms that tests use and no production code may import. */
export const testingRooms = ["testing"];

/** Packages and Node built-ins that only the named rooms may import. */
export const packageRooms = {
  "node:sqlite": ["storage/sqlite"],
  "node:http": ["server"],
  "node:https": ["server"],
  "node:net": ["server"],
  "node:tls": ["server"],
  "node:worker_threads": ["server"],
  "node:crypto": ["base", "wire"],
  pino: ["server", "cli"],
  yaml: ["server"],
};
