import { defineConfig } from "vitest/config";

const source = { conditions: ["latchkey-source"] };
const resolve = { conditions: ["latchkey-source", "node", "import", "module", "default"] };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr: { resolve: { ...source, externalConditions: ["latchkey-source", "node"] } },
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.{ts,tsx}"],
          exclude: ["**/*.slow.test.ts"],
        },
      },
      {
        resolve,
        ssr: { resolve: { ...source, externalConditions: ["latchkey-source", "node"] } },
        test: {
          name: "engine",
          include: ["packages/*/src/**/*.slow.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { conditions: ["node", "import", "module", "default"] },
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
