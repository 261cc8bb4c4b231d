import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const reference = readFileSync(join(root, "docs/reference/errors.md"), "utf8");

/** What builds or names an error with a code of its own: a class, a helper, a body, a constant. */
const PATTERNS = [
  /\b(?:new LatchkeyError|unavailable|untrusted)\(\s*"([a-z_]+)"(?:,\s*(\d{3}))?/g,
  /\bcode: "([a-z]+_[a-z_]+)"/g,
  /\b(?:TERMINAL_CODE|TERMINAL_GRANT_ERROR) = "([a-z_]+)"/g,
  /"((?:access_token_expired|invalid_access_token))"/g,
];

/** Every code in the sources, with the statuses that stand beside it. */
function codesInSources(): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  for (const folder of ["packages/server/src", "packages/core/src"]) {
    for (const path of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!path.endsWith(".ts") || /\.test\.ts$|testing\//.test(path)) continue;
      const text = readFileSync(join(root, folder, path), "utf8");
      for (const pattern of PATTERNS) {
        for (const [, code = "", status] of text.matchAll(pattern)) {
          const statuses = codes.get(code) ?? new Set();
          if (status !== undefined) statuses.add(status);
          codes.set(code, statuses);
        }
      }
    }
  }
  return codes;
}

/** The rows of the tables: codes in the first column, statuses in the second. */
const rows = [...reference.matchAll(/^\| (`[^|]+`) \| ([^|]+) \|/gm)].map(
  ([, names, statuses]) => ({
    codes: [...(names ?? "").matchAll(/`([a-z_]+)`/g)].map(([, code]) => code ?? ""),
    statuses: statuses ?? "",
  }),
);

test("every error code of the sources is in docs/reference/errors.md, with its status", () => {
  const codes = codesInSources();
  expect(codes.size).toBeGreaterThan(50);
  const missing: string[] = [];
  for (const [code, statuses] of codes) {
    const documented = rows.filter((row) => row.codes.includes(code));
    if (documented.length === 0) missing.push(code);
    const text = documented.map((row) => row.statuses).join(" ");
    for (const status of statuses) {
      if (documented.length > 0 && !text.includes(status)) missing.push(`${code} ${status}`);
    }
  }
  expect(missing).toEqual([]);
});

test("docs/reference/errors.md names no code that the sources do not have", () => {
  const sources = ["packages/server/src", "packages/core/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .map((path) => readFileSync(join(root, folder, path), "utf8")),
  );
  const all = sources.join("\n");
  const unknown = rows.flatMap((row) => row.codes).filter((code) => !all.includes(`"${code}"`));
  expect(unknown.filter((code) => !new RegExp(`\\b${code}:`).test(all))).toEqual([]);
});
