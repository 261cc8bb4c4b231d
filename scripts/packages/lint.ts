import { fileURLToPath } from "node:url";
import { root } from "../lib/places.js";
import { mustRun } from "./must-run.ts";

const publint = beside(import.meta.resolve("publint"), "cli.js");
const attw = beside(import.meta.resolve("@arethetypeswrong/cli/package.json"), "dist/index.js");

/** What package.json promises, checked against the tarball. */
export async function lintTarball(tarball: string): Promise<void> {
  const node = process.execPath;
  await mustRun("publint", node, [publint, "run", tarball, "--strict"], { cwd: root });
  await mustRun("attw", node, [attw, tarball, "--profile", "esm-only"], { cwd: root });
}

function beside(url: string, file: string): string {
  return fileURLToPath(new URL(file, url));
}
