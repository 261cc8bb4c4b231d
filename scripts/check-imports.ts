// Checks the rules that hold the layout together: who may import whom, what is declared, and what
// no file may contain. `node scripts/check-imports.ts`
import { root } from "./lib/places.js";
import { checkTree, describe } from "./rules/all-rules.ts";
import { readFiles } from "./rules/read-files.ts";

const violations = checkTree(readFiles(root));
for (const found of violations) process.stdout.write(`${describe(found)}\n\n`);
if (violations.length > 0) {
  process.stdout.write(`${violations.length} rule violations\n`);
  process.exitCode = 1;
}
