import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isUnchanged, takeFingerprint, writeStamp } from "./fingerprint.js";
import { cacheFolder } from "./places.js";
import { Problem, say } from "./problem.js";
import { run } from "./processes.js";
import { runtimeEnvironment } from "./runtime.js";

/**
 * @typedef {object} Page What Vite builds into the server's assets.
 * @property {string} name
 * @property {string} folder
 * @property {string} output The folder in packages/server/assets.
 * @property {readonly string[]} packages Those whose sources are built in.
 */

/** @type {readonly Page[]} */
const pages = [
  {
    name: "demo page",
    folder: "examples/demo",
    output: "demo",
    packages: ["react", "browser", "core"],
  },
  { name: "dashboard", folder: "packages/dashboard", output: "dashboard", packages: ["core"] },
];

/** @param {Page} page */
const stampFile = ({ output }) => join(cacheFolder, `${output}.json`);

/**
 * @param {string} root
 * @param {Page} page
 */
function inputsOf(root, { folder, packages }) {
  return {
    root,
    paths: [
      folder,
      ...packages.flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]),
      "package-lock.json",
    ],
    /** @param {string} path */
    counts: (path) => !/\/(node_modules|dist|testing)$|\.test\.tsx?$/.test(path),
  };
}

/** @param {string} root */
const unbuilt = (root) =>
  pages.filter((page) => {
    const index = join(root, `packages/server/assets/${page.output}/index.html`);
    return !existsSync(index) || !isUnchanged(inputsOf(root, page), stampFile(page));
  });

/** @param {string} root */
export const arePagesBuilt = (root) => unbuilt(root).length === 0;

/**
 * Builds the pages that the server ships, those of them whose sources changed.
 *
 * @param {string} root
 * @param {string} runtime
 */
export async function buildPages(root, runtime) {
  for (const page of unbuilt(root)) await buildPage(root, runtime, page);
}

/**
 * @param {string} root
 * @param {string} runtime
 * @param {Page} page
 */
async function buildPage(root, runtime, page) {
  say(`building the ${page.name}: its sources changed since the last build.`);
  const fingerprint = takeFingerprint(inputsOf(root, page));
  const folder = join(root, page.folder);
  const vitePackage = createRequire(join(folder, "package.json")).resolve("vite/package.json");
  const vite = join(dirname(vitePackage), "bin/vite.js");
  const { code, output } = await run(runtime, [vite, "build", "--logLevel=warn"], {
    cwd: folder,
    env: runtimeEnvironment(runtime),
    quiet: true,
    limitSeconds: 300,
  });
  if (code !== 0) throw new Problem(`The ${page.name} (${page.folder}) does not build:\n${output}`);
  writeStamp(stampFile(page), fingerprint);
}
