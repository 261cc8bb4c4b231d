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

it("weighs at most 6 KiB, minified and gzipped, with all it depends on", async () => {
  const entry = fileURLToPath(new URL("./index.ts", import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["latchkey-source"] },
    build: {
      write: false,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: "strict",
        output: { format: "es", minify: true },
      },
    },
  });
  const chunks = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    "output" in one ? one.output : [],
  );
  const code = chunks.map((chunk) => ("code" in chunk ? chunk.code : "")).join("");
  expect(code).toContain("createLatchkeyClient");
  expect(gzipSync(code).length).toBeLessThanOrEqual(6144);
});
