import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/places.js";
import { Problem } from "../lib/problem.js";
import { run } from "../lib/processes.js";
import type { PublishedPackage } from "./published.ts";
import { writeFile } from "./write-file.ts";

/** Its imports of next/… are for Next's own bundlers: neither Node nor NodeNext resolves them. */
export const worksInNextOnly = ({ name }: PublishedPackage): boolean => name === "@latchkey/nextjs";

/**
 * Type-checks an app that uses every entry point, as Next apps resolve them. The declarations of
 * Next are not whole by themselves, which its apps never notice: what is wrong in them is left out.
 */
export async function typeCheckInNext(
  folder: string,
  packages: readonly PublishedPackage[],
  node: string,
): Promise<void> {
  const names = packages.flatMap(({ entryPoints }) => entryPoints);
  const lines = names.map((name, index) => `export * as x${index} from ${JSON.stringify(name)};`);
  writeFile(folder, "next-app.ts", `${lines.join("\n")}\n`);
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2024", "DOM", "DOM.Iterable"],
    module: "ESNext",
    moduleResolution: "Bundler",
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  const files = ["next-app.ts"];
  writeFile(folder, "tsconfig.next.json", { compilerOptions, files });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", "tsconfig.next.json", "--pretty", "false"];
  const { code, output } = await run(node, args, { cwd: folder, quiet: true, limitSeconds: 300 });
  const errors = output.split("\n").filter((line) => /error TS\d+/.test(line));
  const ours = errors.filter((line) => !line.startsWith("node_modules/next/"));
  if (code !== 0 && (errors.length === 0 || ours.length > 0)) {
    throw new Problem(`types in a Next app: ended with ${code}\n${output}`);
  }
}

/** "use client" and "use server" must have survived the build: they are how Next tells the sides. */
export function checkDirectives(folder: string, packages: readonly PublishedPackage[]): void {
  for (const { name } of packages) {
    const installed = join(folder, "node_modules", name);
    for (const path of readdirSync(join(installed, "src"), { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(path)) continue;
      const directive = /^"use \w+";/.exec(readFileSync(join(installed, "src", path), "utf8"))?.[0];
      const built = join(installed, "dist", path.replace(/\.tsx?$/, ".js"));
      if (!directive || readFileSync(built, "utf8").startsWith(directive)) continue;
      throw new Problem(`${name}: ${built} does not begin with ${directive}, as its source does.`);
    }
  }
}
