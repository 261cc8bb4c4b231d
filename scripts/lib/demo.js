import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isUnchanged, takeFingerprint, writeStamp } from "./fingerprint.js";
import { cacheFolder } from "./places.js";
import { Problem, say } from "./problem.js";
import { run } from "./processes.js";
import { runtimeEnvironment } from "./runtime.js";

const stampFile = join(cacheFolder, "demo.json");

/** @param {string} root */
function demoInputs(root) {
  return {
    root,
    paths: [
      "examples/demo",
      "packages/react/src",
      "packages/browser/src",
      "packages/core/src",
      "packages/react/package.json",
      "packages/browser/package.json",
      "packages/core/package.json",
      "package-lock.json",
    ],
    /** @param {string} path */
    counts: (path) => !/\/(node_modules|dist|testing)$|\.test\.tsx?$/.test(path),
  };
}

/** @param {string} root */
export function isDemoBuilt(root) {
  const page = join(root, "packages/server/assets/demo/index.html");
  return existsSync(page) && isUnchanged(demoInputs(root), stampFile);
}

/**
 * Builds the page that the development server shows at /demo.
 *
 * @param {string} root
 * @param {string} runtime
 */
export async function buildDemo(root, runtime) {
  say("building the demo page: its sources changed since the last build.");
  const fingerprint = takeFingerprint(demoInputs(root));
  const folder = join(root, "examples/demo");
  const vitePackage = createRequire(join(folder, "package.json")).resolve("vite/package.json");
  const vite = join(dirname(vitePackage), "bin/vite.js");
  const { code, output } = await run(runtime, [vite, "build", "--logLevel=warn"], {
    cwd: folder,
    env: runtimeEnvironment(runtime),
    quiet: true,
    limitSeconds: 300,
  });
  if (code !== 0) throw new Problem(`The demo page (examples/demo) does not build:\n${output}`);
  writeStamp(stampFile, fingerprint);
}
