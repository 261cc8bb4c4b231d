import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/places.js";
import { Problem } from "../lib/problem.js";
import { mustRun, mustRunNpm } from "./must-run.ts";
import type { PublishedPackage } from "./published.ts";

/** Builds dist/ from nothing: a file whose source was removed must not be published. */
export async function buildPackages(packages: readonly PublishedPackage[]): Promise<void> {
  for (const { folder } of packages) {
    rmSync(join(root, folder, "dist"), { recursive: true, force: true });
    rmSync(join(root, folder, "tsconfig.tsbuildinfo"), { force: true });
  }
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await mustRun("tsc -b", process.execPath, [tsc, "-b"], { cwd: root });
}

interface PackAnswer {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** @returns The tarball of each package, in the same order. */
export async function packPackages(
  packages: readonly PublishedPackage[],
  folder: string,
): Promise<string[]> {
  const chosen = packages.flatMap(({ name }) => ["--workspace", name]);
  const args = ["pack", "--json", "--pack-destination", folder, ...chosen];
  const output = await mustRunNpm("npm pack", args, root);
  const answers = JSON.parse(output.slice(output.indexOf("["))) as PackAnswer[];
  return packages.map((each) => {
    const answer = answers.find(({ name }) => name === each.name);
    if (answer === undefined) throw new Problem(`npm pack made no tarball of ${each.name}`);
    checkFiles(each, new Set(answer.files.map(({ path }) => path)));
    return join(folder, answer.filename);
  });
}

function checkFiles({ name, promisedFiles }: PublishedPackage, files: ReadonlySet<string>): void {
  for (const path of [...promisedFiles, "LICENSE"]) {
    if (files.has(path)) continue;
    throw new Problem(
      `${name}: its tarball has no ${path}, which its package.json promises.`,
      `correct "files" or "exports" of its package.json.`,
    );
  }
  const test = [...files].find((path) =>
    /\.test\.|\/testing\/|test-support|tsbuildinfo/.test(path),
  );
  if (test !== undefined) {
    throw new Problem(
      `${name}: its tarball contains ${test}.`,
      `leave tests out: "exclude" of its tsconfig.json, and "files" of its package.json.`,
    );
  }
}
