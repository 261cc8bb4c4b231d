import { spawn } from "node:child_process";

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] Default: this process's.
 * @property {boolean} [quiet] Collect the output instead of showing it.
 * @property {number} [limitSeconds] End it, and all that it started, after this time.
 */

/**
 * @typedef {object} RunResult
 * @property {number} code 0 is success; 127 is "no such command"; a signal is never 0.
 * @property {string} output Standard output, then standard error, when `quiet`.
 * @property {boolean} timedOut
 */

/** @type {Set<number>} */
const groups = new Set();

/**
 * Runs a command to its end. Each runs in a process group of its own, so that ending it ends what
 * it started too.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", options.quiet ? "pipe" : "inherit", options.quiet ? "pipe" : "inherit"],
      detached: process.platform !== "win32",
      // npm is a batch file on Windows, and only a shell runs those.
      shell: process.platform === "win32" && command === "npm",
    });
    const out = collect(child.stdout);
    const err = collect(child.stderr);
    let timedOut = false;
    const timer =
      options.limitSeconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            if (child.pid !== undefined) void endGroup(child.pid);
          }, options.limitSeconds * 1000);
    if (child.pid !== undefined) watchGroup(child.pid);
    /** @param {number} code @param {string} [extra] */
    const finish = (code, extra = "") => {
      clearTimeout(timer);
      if (child.pid !== undefined) forgetGroup(child.pid);
      resolve({ code, output: out() + err() + extra, timedOut });
    };
    child.on("error", (error) => finish(127, `${command}: ${error.message}\n`));
    child.on("close", (code) => finish(timedOut ? 124 : (code ?? 1)));
  });
}

/** @param {import("node:stream").Readable | null} stream */
function collect(stream) {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  return () => text;
}

/** @param {number} pid The group's first process. */
async function endGroup(pid) {
  signalGroup(pid, "SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 5000).unref());
  signalGroup(pid, "SIGKILL");
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It ended already.
  }
}

const endings = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Ends what runs, then this process: a group of its own would not notice a Ctrl-C.
 *
 * @param {NodeJS.Signals} signal
 */
function endWithGroups(signal) {
  for (const pid of groups) signalGroup(pid, "SIGTERM");
  process.exit(signal === "SIGINT" ? 130 : 143);
}

/** @param {number} pid */
function watchGroup(pid) {
  if (groups.size === 0) for (const signal of endings) process.on(signal, endWithGroups);
  groups.add(pid);
}

/** @param {number} pid */
function forgetGroup(pid) {
  groups.delete(pid);
  if (groups.size === 0) for (const signal of endings) process.off(signal, endWithGroups);
}
