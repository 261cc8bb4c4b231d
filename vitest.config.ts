import { defineConfig } from "vitest/config";

// The workspace's packages resolve to their TypeScript sources, as they do under `npm start`: in
// what Vite transforms, in what it leaves to Node, and in the processes that a test starts.
const source = "latchkey-source";
const shared = {
  resolve: { conditions: [source, "module", "browser", "development|production"] },
  ssr: {
    resolve: {
      conditions: [source, "module", "node", "development|production"],
      externalConditions: [source, "node"],
    },
  },
};
const execArgv = [`--conditions=${source}`];

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.{ts,tsx}",
            "scripts/**/*.test.ts",
            "benchmarks/**/*.test.ts",
          ],
          exclude: ["**/*.slow.test.ts", "**/node_modules/**"],
          // A test that hangs, not one that shares a busy machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          execArgv,
        },
      },
      {
        ...shared,
        test: {
          name: "engine",
          include: ["packages/*/src/**/*.slow.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          execArgv,
        },
      },
      {
        ...shared,
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file starts servers and browsers: side by side they would time each other out.
          fileParallelism: false,
          execArgv,
        },
      },
    ],
  },
});
