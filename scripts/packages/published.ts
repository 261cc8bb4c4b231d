import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/places.js";

export interface PublishedPackage {
  readonly name: string;
  /** From the root. */
  readonly folder: string;
  /** What is imported of it: "@latchkey/core/errors". */
  readonly entryPoints: readonly string[];
  /** Every path that package.json promises, without a pattern: "dist/errors.js". */
  readonly promisedFiles: readonly string[];
}

interface PackageJson {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly imports?: unknown;
  readonly bin?: unknown;
}

/** In the order of their dependencies. */
export function readPublishedPackages(): PublishedPackage[] {
  return ["core", "browser", "react", "backend", "nextjs", "server"].map((name) => {
    const folder = `packages/${name}`;
    const json = JSON.parse(
      readFileSync(join(root, folder, "package.json"), "utf8"),
    ) as PackageJson;
    return {
      name: json.name,
      folder,
      entryPoints: Object.keys(json.exports).map((entry) => json.name + entry.slice(1)),
      promisedFiles: pathsIn([json.exports, json.imports, json.bin]),
    };
  });
}

/** The "./…" strings at any depth. */
function pathsIn(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("./") ? [value.slice(2)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(pathsIn);
}
