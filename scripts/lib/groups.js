import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { findBrowser } from "./browser.js";
import { arePagesBuilt, buildPages } from "./pages.js";
import { cacheFolder, root } from "./places.js";
import { Problem, say } from "./problem.js";
import { run } from "./processes.js";
import { runtimeEnvironment } from "./runtime.js";
import { countTests } from "./vitest-result.js";

/**
 * @typedef {import("./vitest-result.js").Counts} Counts
 * @typedef {object} Step One check, or one set of tests.
 * @property {readonly string[]} groups It runs when one of these is chosen.
 * @property {string} name
 * @property {(runtime: string, show: Show) => Promise<Counts>} run
 *
 * @typedef {((text: string) => void) | undefined} Show Takes what a step prints when it is over; without it a
 *   step prints as it goes.
 */

/** Long past the slowest machine seen: a step that takes longer hangs. */
const limitSeconds = 2400;

/**
 * In the order in which a mistake is found soonest. The lanes of a round run side by side, the steps
 * of a lane one after the other.
 *
 * @type {readonly (readonly (readonly Step[])[])[]}
 */
export const rounds = [
  [
    [
      check("check", "types of the packages (tsc)", "typescript/bin/tsc", ["-b"]),
      ...["demo", "react-vite", "express", "nextjs"].map((name) =>
        check("check", `types of examples/${name} (tsc)`, "typescript/bin/tsc", [
          "-p",
          `examples/${name}`,
        ]),
      ),
      check("check", "types of the dashboard (tsc)", "typescript/bin/tsc", [
        "-p",
        "packages/dashboard",
      ]),
      check("check", "unused code (knip)", "knip/bin/knip.js", []),
    ],
    [
      check("check", "format and lint (biome)", "@biomejs/biome/bin/biome", ["check", "."]),
      script("check", "imports and other rules", "check-imports.ts"),
      script("check", "generated files", "generate.ts", ["--check"]),
      check("check", "types of tests and scripts (tsc)", "typescript/bin/tsc", [
        "-p",
        "tsconfig.tests.json",
        // The types of the vendors' SDKs take long; the second run is spared them.
        "--incremental",
        "--tsBuildInfoFile",
        join(cacheFolder, "tests.tsbuildinfo"),
      ]),
      check("check", "types of the tests of packages/nextjs (tsc)", "typescript/bin/tsc", [
        "-p",
        "packages/nextjs/tsconfig.tests.json",
      ]),
    ],
  ],
  // Quick tests may have every core; Vitest by itself leaves one free.
  [[tests("unit", availableParallelism())]],
  [
    // One core's worth each: the engine's tests crash databases and measure how long that takes.
    [tests("engine")],
    [
      tests("edge"),
      { groups: ["packages", "e2e"], name: "demo page and dashboard", run: preparePages },
      script("packages", "packed packages", "check-packages.ts"),
    ],
  ],
  [
    [
      { groups: ["e2e"], name: "a browser", run: prepareBrowser },
      // They wait more than they compute: for tokens to expire, for browsers, for certificates.
      tests("e2e", Math.max(3, availableParallelism() - 1)),
    ],
  ],
];

/** In the order of CONTRIBUTING.md. */
export const groupNames = ["check", "unit", "edge", "engine", "packages", "e2e"];

/**
 * @param {string} group
 * @param {string} name
 * @param {string} file A JavaScript file in node_modules.
 * @param {readonly string[]} args
 * @returns {Step}
 */
function check(group, name, file, args) {
  return {
    groups: [group],
    name,
    async run(runtime, show) {
      return countCheck(await runNode(runtime, [join(root, "node_modules", file), ...args], show));
    },
  };
}

/**
 * @param {string} group
 * @param {string} name
 * @param {string} file A file in scripts.
 * @param {readonly string[]} args
 * @returns {Step}
 */
function script(group, name, file, args = []) {
  const path = join(root, "scripts", file);
  return {
    groups: [group],
    name,
    run: async (runtime, show) => countCheck(await runNode(runtime, [path, ...args], show)),
  };
}

/**
 * @param {string} project as in vitest.config.ts
 * @param {number} [workers] processes that run test files
 * @returns {Step}
 */
function tests(project, workers = 1) {
  return {
    groups: [project],
    name: "tests",
    async run(runtime, show) {
      const file = join(cacheFolder, `vitest-${project}.json`);
      mkdirSync(cacheFolder, { recursive: true });
      rmSync(file, { force: true });
      const vitest = join(root, "node_modules/vitest/vitest.mjs");
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
      const side = `--maxWorkers=${workers}`;
      const args = [vitest, "run", "--project", project, side, ...reporters];
      const code = await runNode(runtime, args, show);
      return countTests(readJson(file), code);
    },
  };
}

/** @param {string} runtime */
function preparePages(runtime) {
  return attempt(async () => {
    if (!arePagesBuilt(root)) await buildPages(root, runtime);
  });
}

/** @param {string} runtime */
function prepareBrowser(runtime) {
  return attempt(async () => {
    process.env.LATCHKEY_CHROMIUM = await findBrowser(root, runtime);
    say(`browser tests use ${process.env.LATCHKEY_CHROMIUM}`);
  });
}

/**
 * @param {() => Promise<void>} work
 * @returns {Promise<Counts>}
 */
async function attempt(work) {
  try {
    await work();
    return countCheck(0);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    return countCheck(1);
  }
}

/** @param {string} runtime @param {readonly string[]} args @param {Show} show */
async function runNode(runtime, args, show) {
  const quiet = show !== undefined;
  const options = { cwd: root, env: runtimeEnvironment(runtime), limitSeconds, quiet };
  const { code, timedOut, output } = await run(runtime, args, options);
  show?.(output);
  if (timedOut) say(`ended after ${limitSeconds} s: it did not end by itself.`);
  return code;
}

/**
 * @param {number} exitCode
 * @returns {Counts}
 */
function countCheck(exitCode) {
  const passed = exitCode === 0 ? 1 : 0;
  return { passed, failed: 1 - passed, skipped: 0, notRun: [] };
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
