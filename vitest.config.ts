// Which tests `vitest` runs. Unit tests sit beside the source; cross-room suites live in test/.
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    exclude: ["**/node_modules/**", "dist/**", "test/package/samples/**", "test/rooms-canary/**"],
    // A test that waits this long is stuck: nothing here sleeps, and the slowest suites say so themselves.
    testTimeout: 10_000,
    hookTimeout: 10_000,
    // The clock is stepped and seeds are fixed, so that a failure repeats; retrying would hide it.
    retry: 0,
    pool: "threads",
    globalSetup: ["src/testing/prepare-stores.ts"],
    setupFiles: ["src/testing/verify-at-close.ts"],
  },
});
export default config;
