import { fileURLToPath } from "node:url";
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
// What a test waits for comes when a busy machine gets to it; Vitest by itself gives it one second.
const patient = { poll: { timeout: 15_000 } };

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
          // Loading the same modules for each file took longer than the tests. What a test changes of
          // the process (its environment, its clock, its globals) it therefore puts back.
          isolate: false,
          setupFiles: ["packages/server/test-support/own-globals.ts"],
          // A test that hangs, not one that shares a busy machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: patient,
          execArgv,
        },
      },
      {
        // The same suites where WebCrypto is all there is, and no Buffer.
        resolve: {
          conditions: [source],
          // What the condition `node` in the package's "imports" would choose otherwise.
          alias: {
            "#crypto": fileURLToPath(new URL("packages/core/src/crypto/web.ts", import.meta.url)),
          },
        },
        ssr: shared.ssr,
        test: {
          name: "edge",
          environment: "edge-runtime",
          pool: "vmThreads",
          include: [
            "packages/core/src/{cookies,crypto,sealed,sessions,tokens}/**/*.test.ts",
            "packages/backend/src/**/*.test.ts",
          ],
          // What starts Node, and Node's own requests and responses.
          exclude: ["**/*.slow.test.ts", "**/{edge,adapters,node-headers,over-http}.test.ts"],
          setupFiles: ["packages/core/test-support/edge-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: patient,
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
          expect: patient,
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
          expect: patient,
          execArgv,
        },
      },
    ],
  },
});
