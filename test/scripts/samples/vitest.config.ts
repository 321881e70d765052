// Lets vitest find the samples, which no other run may find.
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: { include: ["**/*.sample.ts"], root: import.meta.dirname, pool: "threads" },
});
export default config;
