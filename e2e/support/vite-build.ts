import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Builds an app by its own Vite, as `npm run build` does, into a new folder; answers its path. */
export async function viteBuild(app: string, env: Record<string, string>): Promise<string> {
  const vitePackage = createRequire(join(app, "package.json")).resolve("vite/package.json");
  const vite = join(dirname(vitePackage), "bin/vite.js");
  const outDir = mkdtempSync(join(tmpdir(), "latchkey-e2e-site-"));
  const args = [vite, "build", "--logLevel=warn", `--outDir=${outDir}`, "--emptyOutDir"];
  // Vitest's NODE_ENV would make a development build of it.
  const forApp = { ...process.env, NODE_ENV: "production", ...env };
  await promisify(execFile)(process.execPath, args, { cwd: app, env: forApp });
  return outDir;
}
