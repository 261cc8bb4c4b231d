import { checkLockFile } from "./lock-file-rules.ts";
import { checkPackages } from "./package-rules.ts";
import { readImports } from "./read-imports.ts";
import { checkServerLayers } from "./server-rules.ts";
import { checkTexts } from "./text-rules.ts";
import { type Files, readWorkspaces, type Violation } from "./tree.ts";

/** Every rule over the tree, in the order of the files. */
export function checkTree(files: Files): Violation[] {
  const imports = readImports(files);
  const violations = [
    ...checkPackages(imports, readWorkspaces(files)),
    ...checkServerLayers(imports),
    ...checkTexts(files),
    ...checkLockFile(files),
  ];
  return violations.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

export function describe({ path, line, found, rule, fix }: Violation): string {
  return `${path}:${line} ${found}\n  rule: ${rule}\n  fix:  ${fix}`;
}
