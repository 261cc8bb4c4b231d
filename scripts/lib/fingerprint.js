import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * @typedef {object} Inputs
 * @property {string} root
 * @property {readonly string[]} paths Files and folders below the root.
 * @property {(path: string) => boolean} counts Whether a file below a folder is an input.
 */

/** @typedef {{ listing: string, content: string }} Fingerprint */

/**
 * Whether the inputs are the same as when `stampFile` was written. Times and sizes are looked at
 * first, so that a start where nothing changed reads no file.
 *
 * @param {Inputs} inputs
 * @param {string} stampFile
 */
export function isUnchanged(inputs, stampFile) {
  const stamp = readStamp(stampFile);
  if (stamp === undefined) return false;
  const files = listFiles(inputs);
  const listing = hashListing(inputs.root, files);
  if (listing === stamp.listing) return true;
  if (hashContent(inputs.root, files) !== stamp.content) return false;
  writeStamp(stampFile, { ...stamp, listing });
  return true;
}

/**
 * @param {Inputs} inputs
 * @returns {Fingerprint} Taken before the work it stands for, so that an edit during it counts.
 */
export function takeFingerprint(inputs) {
  const files = listFiles(inputs);
  return {
    listing: hashListing(inputs.root, files),
    content: hashContent(inputs.root, files),
  };
}

/** @param {string} stampFile @param {Fingerprint} fingerprint */
export function writeStamp(stampFile, fingerprint) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(fingerprint));
}

/**
 * @param {string} stampFile
 * @returns {Fingerprint | undefined}
 */
function readStamp(stampFile) {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {Inputs} inputs */
function listFiles({ root, paths, counts }) {
  /** @type {string[]} */
  const files = [];
  for (const path of paths) {
    if (statSync(join(root, path)).isFile()) files.push(path);
    else addFolder(path);
  }
  return files.sort();

  /** @param {string} folder */
  function addFolder(folder) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (!counts(path)) continue;
      if (entry.isDirectory()) addFolder(path);
      else if (entry.isFile()) files.push(path);
    }
  }
}

/** @param {string} root @param {readonly string[]} files */
function hashListing(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest("hex");
}

/** @param {string} root @param {readonly string[]} files */
function hashContent(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}
