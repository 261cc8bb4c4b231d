import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/places.js";
import { mustRun, mustRunNpm } from "./must-run.ts";
import type { PublishedPackage } from "./published.ts";
import { writeFile } from "./write-file.ts";

/** What a consumer brings: the peers of our packages, and types. */
const consumerPackages = [
  "next",
  "react",
  "react-dom",
  "@types/react",
  "@types/react-dom",
  "@types/node",
];

/** Installs the tarballs into an empty folder, as an app that uses Latchkey would. */
export async function installConsumer(folder: string, tarballs: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFile(folder, "package.json", { name: "consumer", private: true, type: "module" });
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string }>;
  };
  const others = consumerPackages.map(
    (name) => `${name}@${lock.packages[`node_modules/${name}`]?.version ?? "latest"}`,
  );
  const args = ["install", ...tarballs, ...others, "--ignore-scripts=false"];
  await mustRunNpm("npm install of the packed packages", args, folder);
}

/** Imports every entry point, with what a user's Node resolves: dist, not the sources. */
export async function importEverything(
  folder: string,
  packages: readonly PublishedPackage[],
  node: string,
): Promise<void> {
  const names = packages.flatMap(({ entryPoints }) => entryPoints);
  writeFile(
    folder,
    "import-everything.js",
    `for (const name of ${JSON.stringify(names)}) {
  const file = import.meta.resolve(name);
  if (!file.includes("/dist/")) throw new Error(\`\${name} resolves to \${file}, not into dist\`);
  await import(name);
}`,
  );
  await mustRun(`import of every entry point by ${node}`, node, ["import-everything.js"], {
    cwd: folder,
  });
}

/** The ways in which TypeScript resolves a package today. */
export const resolutions = ["NodeNext", "Bundler"] as const;

/** Type-checks an app that uses every entry point, our declarations and their imports included. */
export async function typeCheckEverything(
  folder: string,
  packages: readonly PublishedPackage[],
  node: string,
  moduleResolution: (typeof resolutions)[number],
): Promise<void> {
  const names = packages.flatMap(({ entryPoints }) => entryPoints);
  const lines = names.map((name, index) => `export * as x${index} from ${JSON.stringify(name)};`);
  writeFile(folder, "app.ts", `${lines.join("\n")}\n`);
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023", "DOM", "DOM.Iterable"],
    module: moduleResolution === "Bundler" ? "ESNext" : moduleResolution,
    moduleResolution,
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  writeFile(folder, "tsconfig.json", { compilerOptions, files: ["app.ts"] });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await mustRun(`types with ${moduleResolution}`, node, [tsc], { cwd: folder });
}
