/**
 * The site of this folder as its developers would build it: with the vendor's SDK, or moved over to
 * ours by changing the import and nothing else.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { root } from "../support/server-process.ts";
import { buildOnce } from "./build-once.ts";

export interface Variant {
  readonly name: string;
  readonly sdk: "@workos-inc/authkit-nextjs" | "@latchkey/nextjs";
  /** Package in node_modules. */
  readonly next: "next" | "next-15";
  /** The site of this folder unless it is named. */
  readonly source?: string;
  /** A guide whose code blocks are files of the site, each under its name. */
  readonly guide?: string;
  /** Of the build alone. */
  readonly env?: Readonly<Record<string, string>>;
}

export const AUTHKIT: Variant = {
  name: "authkit",
  sdk: "@workos-inc/authkit-nextjs",
  next: "next",
};
export const LATCHKEY: Variant = { name: "latchkey", sdk: "@latchkey/nextjs", next: "next" };
/** On Next 15, whose middleware runs on the edge runtime. */
export const LATCHKEY_EDGE: Variant = {
  name: "latchkey-edge",
  sdk: "@latchkey/nextjs",
  next: "next-15",
};
/** The example, as its reader builds it. */
export const EXAMPLE: Variant = {
  name: "example-nextjs",
  sdk: "@latchkey/nextjs",
  next: "next",
  source: join(root, "examples/nextjs"),
};

const PAGE_GUARD: Omit<Variant, "name" | "next"> = {
  sdk: "@latchkey/nextjs",
  source: fileURLToPath(new URL("page-guard-site", import.meta.url)),
  guide: join(root, "docs/guides/server-side-rendering.md"),
  env: {
    LATCHKEY_APP_ID: "of-the-build",
    LATCHKEY_SERVER_URL: "https://privy.example.com",
    LATCHKEY_SESSION_HOST: "https://privy.example.com",
    LATCHKEY_APP_ORIGIN: "https://app.example.com",
  },
};
/** What the guide to server-side rendering has its reader write, on both versions of Next. */
export const PAGE_GUARDS: readonly Variant[] = [
  { ...PAGE_GUARD, name: "page-guard", next: "next" },
  { ...PAGE_GUARD, name: "page-guard-edge", next: "next-15" },
];

/** Of hooks that build: a minute, and many on a busy machine. */
export const BUILD_MS = 600_000;

const here = fileURLToPath(new URL(".", import.meta.url));
/** Two folders below the checkout, as the examples are. */
const cache = join(root, ".cache");
const run = promisify(execFile);

/** This process's own, without what a test run or a developer's shell put into it. */
export function environment(more: Record<string, string>): NodeJS.ProcessEnv {
  const foreign = /^(LATCHKEY_|WORKOS_|NEXT_|NODE_OPTIONS|VITE|BASE_URL|DEV|PROD|SSR|TEST|MODE)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const fixed = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } as const;
  return { ...Object.fromEntries(kept), ...fixed, ...more };
}

/** Of the folder that `buildSite` answered. */
export const nextBin = ({ next }: Variant, folder: string): string =>
  join(next === "next" ? root : folder, "node_modules/next/dist/bin/next");

/** Builds it unless that was done before; answers its folder. */
export async function buildSite(variant: Variant): Promise<string> {
  const packages = variant.sdk === "@latchkey/nextjs" ? await buildPackages() : [];
  const folder = join(cache, `${variant.name}-${fingerprint(variant, packages)}`);
  await buildOnce(folder, async () => {
    assemble(variant, folder, packages);
    // The types are the same for both versions of Next.
    const types = variant.next === "next" ? {} : { SKIP_TYPES: "true" };
    const env = environment({ ...variant.env, ...types });
    await run(process.execPath, [nextBin(variant, folder), "build"], { cwd: folder, env }).catch(
      ({ stdout, stderr }: { stdout?: string; stderr?: string }) => {
        throw new Error(`next build of ${variant.name} failed:\n${stdout}\n${stderr}`);
      },
    );
  });
  return folder;
}

const sourceOf = ({ source }: Variant) => source ?? join(here, "site");

/** Path and text of every file. */
function sourcesOf(variant: Variant): [string, string][] {
  const folder = sourceOf(variant);
  const written = files(folder).map((path): [string, string] => [
    path,
    readFileSync(join(folder, path), "utf8"),
  ]);
  return [...written, ...(variant.guide === undefined ? [] : filesInGuide(variant.guide))];
}

/** The code blocks that come after a line that begins with the name of a file. */
function filesInGuide(path: string): [string, string][] {
  const blocks = /^`([\w./-]+\.tsx?)`[^\n]*:\n\n```tsx?\n([\s\S]*?)^```$/gm;
  return [...readFileSync(path, "utf8").matchAll(blocks)].map(([, name = "", text = ""]) => [
    name,
    text,
  ]);
}

function assemble(variant: Variant, folder: string, packages: readonly string[]): void {
  const { sdk, next } = variant;
  mkdirSync(join(folder, "node_modules/@latchkey"), { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "private": true, "type": "module" }\n`);
  for (const [path, text] of sourcesOf(variant)) {
    const to = next === "next-15" && path === "proxy.ts" ? "middleware.ts" : path;
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(
      join(folder, to),
      text
        .replaceAll("@workos-inc/authkit-nextjs", sdk)
        .replace("export const proxy", `export const ${to.replace(".ts", "")}`),
    );
  }
  for (const name of packages) {
    const [from, to] = [join(root, "packages", name), join(folder, "node_modules/@latchkey", name)];
    mkdirSync(to);
    cpSync(join(from, "package.json"), join(to, "package.json"));
    cpSync(join(from, "dist"), join(to, "dist"), { recursive: true });
  }
  // Next's own files import "next/…": it has to be installed under that name.
  if (next !== "next")
    linkFiles(join(root, "node_modules", next), join(folder, "node_modules/next"));
}

/** Hard links, as package managers make: nothing is copied, and no path leads out of the folder. */
function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else linkSync(source, target);
  }
}

let built: Promise<string[]> | undefined;

/** dist/ of what @latchkey/nextjs is made of, as it would be published. */
function buildPackages(): Promise<string[]> {
  built ??= (async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [tsc, "-b", "packages/nextjs"], { cwd: root }).catch(
      ({ stdout }: { stdout: string }) => {
        throw new Error(`tsc -b packages/nextjs failed:\n${stdout}`);
      },
    );
    return ["core", "backend", "nextjs"];
  })();
  return built;
}

function fingerprint(variant: Variant, packages: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (path: string) => hash.update(`${path}\0`).update(readFileSync(path));
  for (const [path, text] of sourcesOf(variant)) hash.update(`${path}\0`).update(text);
  hash.update(JSON.stringify(variant.env ?? {}));
  add(fileURLToPath(import.meta.url));
  add(join(root, "node_modules", variant.next, "package.json"));
  add(join(root, "node_modules/@workos-inc/authkit-nextjs/package.json"));
  for (const name of packages) {
    const folder = join(root, "packages", name);
    add(join(folder, "package.json"));
    for (const path of files(join(folder, "dist"))) add(join(folder, "dist", path));
  }
  return hash.digest("hex").slice(0, 16);
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !/(^|\/)(node_modules|\.next|\.env.*)(\/|$)/.test(path))
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}
