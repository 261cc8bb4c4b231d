import { posix } from "node:path";

/** The files of a checkout that git tracks or would track: path from the root → text. */
export type Files = ReadonlyMap<string, string>;

export interface Violation {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What was found, in words that follow "file:line". */
  readonly found: string;
  readonly rule: string;
  readonly fix: string;
}

export interface PackageJson {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  /** Its folder from the root, "" for the root itself. */
  readonly folder: string;
  readonly json: PackageJson;
}

/** Workspaces, innermost first, so that the first that contains a file is its own. */
export function readWorkspaces(files: Files): Workspace[] {
  return [...files]
    .filter(([path]) => posix.basename(path) === "package.json")
    .map(([path, text]) => ({
      folder: posix.dirname(path) === "." ? "" : posix.dirname(path),
      json: JSON.parse(text) as PackageJson,
    }))
    .sort((a, b) => b.folder.length - a.folder.length);
}

export function workspaceOf(path: string, workspaces: readonly Workspace[]): Workspace {
  const found = workspaces.find(({ folder }) => folder === "" || path.startsWith(`${folder}/`));
  if (found === undefined) throw new TypeError(`${path}: the tree has no package.json at its root`);
  return found;
}

/** Tests, and what only tests use: neither is built or published. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/(?:testing|test-support)\//.test(path);
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
  }
  return line;
}
