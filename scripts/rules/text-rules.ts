import { posix } from "node:path";
import { type Files, lineAt, type Violation } from "./tree.ts";

interface TextRule {
  readonly pattern: RegExp;
  readonly rule: string;
  readonly fix: string;
}

const textRules: readonly TextRule[] = [
  {
    pattern:
      /\bregistry\.[a-z0-9-]+\.[a-z]{2,}\b|\bhttps?:\/\/(?:npm|nexus|artifactory)\.[\w.-]+/gi,
    rule: "no file names a package registry: everyone installs from their own",
    fix: "remove it; .npmrc keeps it out of the lock file",
  },
  {
    pattern:
      /(?<![\w.:/-])(?:\/home\/[a-z][\w.-]*|\/Users\/[A-Za-z][\w.-]*|\/root)\/|\b[A-Z]:\\Users\\/g,
    rule: "no file names a person's folder: it exists on one machine only",
    fix: "use a path from the checkout's root, or a placeholder",
  },
];

const catchAll = /(?:^|\/)(?:utils?|helpers?|misc|common)(?:\.[a-z.]+|\/.*)?$/;

/** Rules about the words and names of every file. */
export function checkTexts(files: Files): Violation[] {
  const violations: Violation[] = [];
  for (const [path, text] of files) {
    if (/\.(ts|tsx|js)$/.test(path) && catchAll.test(path)) {
      violations.push({
        path,
        line: 1,
        found: "is a catch-all by its name",
        rule: "a file is named for the one idea in it",
        fix: "name the idea, and split the file when there are several",
      });
    }
    for (const { pattern, rule, fix } of textRules) {
      for (const match of text.matchAll(pattern)) {
        const line = lineAt(text, match.index);
        violations.push({ path, line, found: `contains "${match[0]}"`, rule, fix });
      }
    }
    violations.push(...checkPaths(path, text, files));
  }
  return violations;
}

/** Links in Markdown and paths in JSON must lead to files of the checkout. */
function checkPaths(path: string, text: string, files: Files): Violation[] {
  const pattern = path.endsWith(".md")
    ? /\]\((?!#|[a-z][a-z0-9+.-]*:|\/)([^)\s#]+)[^)]*\)/g
    : path.endsWith(".json")
      ? /"(\.\.?\/[^"*]*)"/g
      : undefined;
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [, written = ""] = match;
    const target = posix.join(posix.dirname(path), decodeURI(written)).replace(/\/$/, "");
    const at = { path, line: lineAt(text, match.index), found: `points to "${written}"` };
    if (target === ".." || target.startsWith("../")) {
      return [
        {
          ...at,
          rule: "the project is complete in itself: nothing reaches outside the checkout",
          fix: "move what it points to into the checkout",
        },
      ];
    }
    if (!path.endsWith(".md") || exists(target, files)) return [];
    return [{ ...at, rule: "a link leads somewhere", fix: "correct the path" }];
  });
}

function exists(target: string, files: Files): boolean {
  if (target === "." || files.has(target)) return true;
  for (const path of files.keys()) if (path.startsWith(`${target}/`)) return true;
  return false;
}
