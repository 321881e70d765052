/** Questions to the coordinator of a cluster, beside the engine. */
import { Client } from "pg";

export interface Worker {
  readonly host: string;
  readonly port: number;
}

/** Undefined for what is not HOST:PORT. */
export function parseWorker(text: string): Worker | undefined {
  const [, host, port] = /^(.+):(\d{1,5})$/u.exec(text) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** Rows of texts. */
export type AskRows = (
  text: string,
  values?: readonly (string | number)[],
) => Promise<readonly (readonly string[])[]>;

/** On a session of its own, which ends with the use. */
export async function askCoordinator<T>(url: string, use: (rows: AskRows) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await use(async (text, values = []) => {
      const { rows } = await client.query({ text, values: [...values], rowMode: "array" });
      return (rows as unknown[][]).map((row) => row.map(String));
    });
  } finally {
    await client.end();
  }
}
