// Writes the files that are generated from the source. `node scripts/generate.ts --check` writes
// nothing and fails when one of them is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commands } from "../packages/server/src/cli/commands.ts";
import { commandLineReference } from "../packages/server/src/cli/reference.ts";
import { envExample } from "../packages/server/src/config/env-example.ts";
import { configurationReference } from "../packages/server/src/config/reference.ts";
import { managementReference } from "../packages/server/src/http/admin/reference.ts";
import { root } from "./lib/places.js";

const files: readonly (readonly [string, string])[] = [
  [".env.example", envExample()],
  ["docs/reference/configuration.md", configurationReference()],
  ["docs/reference/command-line.md", commandLineReference(commands)],
  ["docs/reference/management-api.md", managementReference()],
];

const isCheck = process.argv.includes("--check");

for (const [name, text] of files) {
  const path = join(root, name);
  if (read(path) === text) continue;
  if (isCheck) {
    process.stdout.write(`${name} is stale. Run: npm run generate\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    process.stdout.write(`wrote ${name}\n`);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
