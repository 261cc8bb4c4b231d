import { join } from "node:path";
import { root } from "../lib/places.js";
import { mustRun } from "./must-run.ts";

/** What package.json promises, checked against the tarball by publint and attw. */
export async function lintTarball(tarball: string): Promise<void> {
  const tool = (file: string) => join(root, "node_modules", file);
  const cwd = root;
  const publint = [tool("publint/src/cli.js"), "run", tarball, "--strict"];
  await mustRun(`publint ${tarball}`, process.execPath, publint, { cwd });
  const attw = [tool("@arethetypeswrong/cli/dist/index.js"), tarball, "--profile", "esm-only"];
  await mustRun(`attw ${tarball}`, process.execPath, attw, { cwd });
}
