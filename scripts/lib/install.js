import { checkInstalled, markInstalled, unfinishedPackages } from "./installed.js";
import { checkNpm, npm, npmProblem } from "./npm.js";
import { say } from "./problem.js";
import { runsTypeScript } from "./versions.js";

/** An install on a slow line takes minutes; one that takes this long will not end. */
const limitSeconds = 1200;

/**
 * Brings node_modules to what package-lock.json says.
 *
 * @param {string} root
 * @returns {Promise<void>} Throws a Problem that names the cause.
 */
export async function installDependencies(root) {
  const state = checkInstalled(root);
  if (!state.installed) {
    await checkNpm(root);
    say(`installing the dependencies from package-lock.json: ${state.why}.`);
    say("this takes a minute or a few and about 1.6 GB of disk; the next start skips it.");
    const start = Date.now();
    const { code, output } = await withTicks(npm(["ci"], { cwd: root, limitSeconds }));
    if (code !== 0) throw npmProblem(output, "`npm ci`");
    say(`installed in ${seconds(start)} s.`);
    markInstalled(root);
  }
  const unfinished = unfinishedPackages(root);
  if (unfinished.length === 0) return;
  say(`unpacking the binaries of ${unfinished.join(" and ")}, the only install scripts that run.`);
  const rebuild = ["rebuild", ...unfinished, "--ignore-scripts=false"];
  const { code, output } = await withTicks(npm(rebuild, { cwd: root, limitSeconds }));
  if (code === 0) return;
  const problem = npmProblem(output, `\`npm ${rebuild.join(" ")}\``);
  // Without its own Node a checkout still runs, if this machine's can stand in (runtime.js).
  if (unfinished.includes("node") && !runsTypeScript(process.version)) throw problem;
  say(problem.message);
  markInstalled(root, unfinished);
}

/**
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function withTicks(work) {
  const start = Date.now();
  const timer = setInterval(() => say(`still working, ${seconds(start)} s`), 10_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** @param {number} start */
function seconds(start) {
  return Math.round((Date.now() - start) / 1000);
}
