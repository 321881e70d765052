// Types as a CommonJS importer sees them, under the strictest module resolution.
import { open } from "stator";

export async function useIt(): Promise<object> {
  const stator = await open();
  const config = stator.clientConfig();
  await stator.close();
  return config;
}
