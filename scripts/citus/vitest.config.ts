// Tests that only a Citus cluster can run; scripts/citus.ts says which.
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ["scripts/citus/*.test.ts"],
    // Making a store there means making hundreds of tables.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    setupFiles: ["src/testing/verify-at-close.ts"],
  },
});
export default config;
