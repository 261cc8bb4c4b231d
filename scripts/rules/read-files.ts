import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The text files of a checkout, without what .gitignore names. Needs no git, so that it works in a
 * downloaded source archive too.
 *
 * @returns path from the root → text
 */
export function readFiles(root: string): Map<string, string> {
  const isIgnored = readIgnoreFile(readFileSync(join(root, ".gitignore"), "utf8"));
  const files = new Map<string, string>();
  const addFolder = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === ".git" || isIgnored(path, entry.isDirectory())) continue;
      if (entry.isDirectory()) addFolder(path);
      else if (entry.isFile()) addFile(path);
    }
  };
  const addFile = (path: string): void => {
    const text = readFileSync(join(root, path), "utf8");
    if (!text.includes("\0")) files.set(path, text);
  };
  addFolder("");
  return files;
}

/** Knows names, paths from the root, `*`, and a slash at the end for folders. */
export function readIgnoreFile(text: string): (path: string, isFolder: boolean) => boolean {
  const patterns = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const name = line.trim().replace(/^\/|\/$/g, "");
      const expression = name.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
      const anchored = line.trim().startsWith("/") || name.includes("/");
      return {
        foldersOnly: line.trim().endsWith("/"),
        matches: new RegExp(anchored ? `^${expression}$` : `(?:^|/)${expression}$`),
      };
    });
  return (path, isFolder) =>
    patterns.some((pattern) => (isFolder || !pattern.foldersOnly) && pattern.matches.test(path));
}
