import { delimiter, sep } from "node:path";
import { findCommand } from "./find-command.js";
import { Problem } from "./problem.js";
import { run } from "./processes.js";
import { checkNpmVersion } from "./versions.js";

/**
 * The environment for an npm of our own. Inside `npm run`, the outer npm describes itself and its
 * project in variables and puts node_modules/.bin first in PATH: an install would then take this
 * folder for its own, and run on a Node that it is about to replace.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnvironment(env = process.env) {
  /** @type {NodeJS.ProcessEnv} */
  const clean = {};
  for (const [name, value] of Object.entries(env)) {
    if (/^npm_(package|lifecycle)_|^npm_(command|execpath|node_execpath)$|^INIT_CWD$/.test(name)) {
      continue;
    }
    if (/^npm_config_(local_prefix|ignore_scripts|loglevel)$/.test(name)) continue;
    clean[name] = value;
  }
  const folders = (env.PATH ?? "").split(delimiter);
  const inside = `${sep}node_modules${sep}`;
  clean.PATH = folders.filter((folder) => !`${folder}${sep}`.includes(inside)).join(delimiter);
  return findCommand("node", clean.PATH) ? clean : { ...clean, PATH: env.PATH };
}

/**
 * @param {readonly string[]} args
 * @param {{ cwd: string, limitSeconds?: number }} options
 */
export function npm(args, options) {
  return run("npm", [...args, "--loglevel=error", "--no-fund", "--no-audit"], {
    ...options,
    env: npmEnvironment(),
    quiet: true,
  });
}

/** @param {string} cwd */
export async function checkNpm(cwd) {
  const { code, output } = await run("npm", ["--version"], {
    cwd,
    env: npmEnvironment(),
    quiet: true,
  });
  if (code === 127) {
    throw new Problem("npm is not on the PATH.", "install Node 24, which brings npm.");
  }
  const version = output.split("\n").find((line) => /^\d+\.\d+/.test(line));
  if (code !== 0 || version === undefined) {
    throw new Problem(`npm does not work here:\n${indent(output)}`);
  }
  checkNpmVersion(version);
}

/** @type {ReadonlyArray<readonly [RegExp, string, string]>} */
const causes = [
  [
    /EUSAGE|in sync/,
    "package.json and package-lock.json disagree.",
    "run `npm install` with Node 24 and commit package-lock.json.",
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/,
    "The package registry cannot be reached.",
    "check the network, the proxy settings and `npm config get registry`, and run this again.",
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_/,
    "The package registry's certificate is not trusted.",
    "set NODE_EXTRA_CA_CERTS to your organization's CA file.",
  ],
  [/E40[13]\b/, "The package registry refused access.", "check your npm credentials and registry."],
  [/E404|ETARGET/, "A package is missing from the registry.", "check `npm config get registry`."],
  [/ENOSPC/, "The disk is full.", "free about 2 GB and run this again."],
  [
    /EACCES|EPERM|EROFS/,
    "This folder, or npm's cache, cannot be written.",
    "make both belong to the user who runs this.",
  ],
  [/EINTEGRITY/, "A downloaded package is damaged.", "run `npm cache verify`, then this again."],
];

/**
 * @param {string} output What npm said.
 * @param {string} what What was being done.
 */
export function npmProblem(output, what) {
  // An install script that runs npm itself fails with the code 1, and says the real one inside.
  const codes = output.match(/(?<=npm (?:error|ERR!) code )E\w+/g)?.join(" ") ?? output;
  const cause = causes.find(([pattern]) => pattern.test(codes));
  const lines = output.split("\n").filter((line) => !/^npm (error|ERR!)?\s*$/.test(line));
  const said = lines.length === 0 ? "npm said nothing." : "npm said:\n";
  const words = indent(lines.slice(0, 12).join("\n"));
  return new Problem(`${what} failed. ${cause?.[1] ?? ""}\n  ${said}${words}`, cause?.[2]);
}

/** @param {string} text */
function indent(text) {
  return text.trim().replace(/^/gm, "    ");
}
