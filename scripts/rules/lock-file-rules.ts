import { type Files, lineAt, type Violation } from "./tree.ts";

interface LockEntry {
  readonly version?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const path = "package-lock.json";

/**
 * The lock file is complete: `npm install` silently leaves out a binary for another platform that
 * the registry at hand does not have, and `npm ci` then refuses the lock file everywhere.
 */
export function checkLockFile(files: Files): Violation[] {
  const text = files.get(path);
  if (text === undefined) return [];
  const { packages } = JSON.parse(text) as { packages: Record<string, LockEntry> };
  const violations: Violation[] = [];
  for (const [folder, entry] of Object.entries(packages)) {
    const line = lineAt(text, Math.max(0, text.indexOf(`"${folder}": {`)));
    if (entry.resolved !== undefined && !entry.link) {
      violations.push({
        path,
        line,
        found: `says where ${folder} was downloaded from`,
        rule: "the lock file names no registry",
        fix: "run `npm install` in the checkout, where .npmrc says so",
      });
    }
    const wanted = { ...entry.dependencies, ...entry.optionalDependencies };
    for (const name of Object.keys(wanted)) {
      if (findInstalled(folder, name, packages)) continue;
      violations.push({
        path,
        line,
        found: `has no entry for ${name}, which ${folder || "the root"} depends on`,
        rule: "the lock file has every package for every platform, or `npm ci` refuses it",
        fix:
          "remove package-lock.json, run `npm install --package-lock-only`, and when the entry " +
          "is still missing, choose a version that the registry has completely",
      });
    }
  }
  return violations;
}

/** Node's resolution: the package's own node_modules, then that of each folder above it. */
function findInstalled(
  folder: string,
  name: string,
  packages: Readonly<Record<string, LockEntry>>,
): boolean {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    if (
      Object.hasOwn(packages, at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`)
    ) {
      return true;
    }
    if (at === "") return false;
  }
}
