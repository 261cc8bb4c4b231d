import { Problem } from "./problem.js";

/** @typedef {readonly [major: number, minor: number]} Version */

/** What set-up itself needs. Everything after it runs on the Node of the dev dependencies. */
const oldestNode = /** @type {Version} */ ([20, 0]);
const oldestNpm = /** @type {Version} */ ([10, 0]);
/** The first release that runs TypeScript without a flag. */
const oldestTypeScriptNode = /** @type {Version} */ ([22, 18]);

/**
 * @param {string} version
 * @param {Version} oldest
 */
function isAtLeast(version, [oldestMajor, oldestMinor]) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @param {string} version as process.version */
export function checkNodeVersion(version) {
  if (isAtLeast(version, oldestNode)) return;
  throw new Problem(
    `This is Node ${version}, and Latchkey needs Node ${oldestNode[0]} or later.`,
    "install Node 24, for example with your version manager (.node-version names it).",
  );
}

/** @param {string} version as `npm --version` */
export function checkNpmVersion(version) {
  if (isAtLeast(version, oldestNpm)) return;
  throw new Problem(
    `This is npm ${version}, and Latchkey needs npm ${oldestNpm[0]} or later.`,
    "install Node 24, which brings a new enough npm.",
  );
}

/** @param {string} version as process.version */
export function runsTypeScript(version) {
  return isAtLeast(version, oldestTypeScriptNode);
}
