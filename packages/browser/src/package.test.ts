import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, it } from "vitest";
import { VERSION } from "./version.ts";

it("announces the version that package.json has", () => {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(JSON.parse(manifest).version).toBe(VERSION);
});

/**
 * By chunk, in bytes, gzipped. A library build: what a bundler adds of its own for a chunk that comes
 * later, once for the whole app, is no part of this package.
 */
async function weigh(entry: string): Promise<{ first: number; later: Record<string, number> }> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["latchkey-source"] },
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL(entry, import.meta.url)), formats: ["es"] },
      rolldownOptions: { output: { minify: true, chunkFileNames: "[name]" } },
    },
  });
  const chunks = (Array.isArray(result) ? result : [result])
    .flatMap((one) => ("output" in one ? one.output : []))
    .filter((each) => each.type === "chunk");
  const main = chunks.find(({ isEntry }) => isEntry);
  const atStart = new Set(main && [main.fileName, ...main.imports]);
  const sizeOf = (code: string) => gzipSync(code).length;
  const started = chunks.filter(({ fileName }) => atStart.has(fileName));
  const others = chunks.filter(({ fileName }) => !atStart.has(fileName));
  return {
    first: started.reduce((sum, { code }) => sum + sizeOf(code), 0),
    later: Object.fromEntries(others.map(({ name, code }) => [name, sizeOf(code)])),
  };
}

it("loads at most 2.5 KiB for passkeys, all of it when asked for", async () => {
  const { first, later } = await weigh("./passkeys/index.ts");
  expect(first).toBeLessThanOrEqual(2560);
  expect(later).toEqual({});
});

it("loads at most 6 KiB at start, minified and gzipped, with all it depends on", async () => {
  const { first, later } = await weigh("./index.ts");
  expect(first).toBeGreaterThan(5000);
  expect(first).toBeLessThanOrEqual(6144);
  // Where there is a session to watch.
  expect(Object.keys(later)).toEqual(["session-watch"]);
  expect(later["session-watch"]).toBeLessThanOrEqual(896);
});
