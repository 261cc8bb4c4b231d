import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { compileCacheFolder } from "./places.js";
import { Problem, say } from "./problem.js";
import { runsTypeScript } from "./versions.js";

/**
 * The Node that runs everything after set-up: the one of the dev dependencies, so that all
 * developers and CI run the same, whatever the machine has.
 *
 * @param {string} root
 * @returns {string} Its path.
 */
export function findRuntime(root) {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const own = join(root, "node_modules", "node", "bin", name);
  if (existsSync(own)) return own;
  if (runsTypeScript(process.version)) {
    say(
      `the Node of the dev dependencies is missing, so this machine's ${process.version} runs it.`,
    );
    return process.execPath;
  }
  throw new Problem(
    `The Node of the dev dependencies is missing (${own}), and this machine's Node ` +
      `${process.version} cannot run TypeScript.`,
    "install Node 24, or allow the install script of the package `node`, and run this again.",
  );
}

/**
 * @param {string} runtime
 * @returns {NodeJS.ProcessEnv} This process's, with `node` meaning the runtime.
 */
export function runtimeEnvironment(runtime) {
  return {
    ...process.env,
    PATH: `${dirname(runtime)}${delimiter}${process.env.PATH ?? ""}`,
    // Type stripping and compiling is most of a start; the cache makes the second start quick.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? compileCacheFolder,
  };
}

/** Makes Node resolve the workspace's packages to their TypeScript sources. */
export const sourceCondition = "--conditions=latchkey-source";
