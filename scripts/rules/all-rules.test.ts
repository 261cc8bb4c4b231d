import { expect, test } from "vitest";
import { checkTree } from "./all-rules.ts";

/** A small checkout that follows every rule; each test adds what breaks one. */
const sound = {
  "package.json": JSON.stringify({ name: "root", devDependencies: { vitest: "1" } }),
  "packages/core/package.json": JSON.stringify({
    name: "@latchkey/core",
    exports: { "./errors": "", "./encoding": "" },
  }),
  "packages/browser/package.json": JSON.stringify({
    name: "@latchkey/browser",
    exports: { ".": "" },
    dependencies: { "@latchkey/core": "1" },
  }),
  "packages/react/package.json": JSON.stringify({
    name: "@latchkey/react",
    exports: { ".": "" },
    dependencies: { "@latchkey/browser": "1", "@latchkey/core": "1" },
  }),
  "packages/server/package.json": JSON.stringify({
    name: "@latchkey/server",
    exports: { ".": "" },
    dependencies: { "@latchkey/core": "1", hono: "1", pg: "1" },
    devDependencies: { jose: "1" },
  }),
  "e2e/package.json": JSON.stringify({
    name: "@latchkey/e2e",
    devDependencies: { "@latchkey/browser": "1", "@latchkey/server": "1" },
  }),
  "packages/core/src/crypto/node.ts": `import { sign } from "node:crypto";`,
  "packages/browser/src/index.ts": `
    import { LatchkeyError } from "@latchkey/core/errors";
    import type { Bytes } from "@latchkey/core/encoding";`,
  "packages/react/src/index.ts": `export { createClient } from "@latchkey/browser";`,
  "packages/server/src/main.ts": `
    import { openDatabase } from "./storage/sqlite/open.ts";
    import { createApp } from "./app.ts";`,
  "packages/server/src/app.ts": `import { Hono } from "hono"; import { refresh } from "./http/refresh.ts";`,
  "packages/server/src/http/refresh.ts": `
    import { move } from "../sessions/move.ts";
    import type { Store } from "../storage/store.ts";`,
  "packages/server/src/sessions/move.ts": `
    import type { Store } from "../storage/store.ts";
    import { type Config } from "../config/config.ts";
    import { findUser } from "../users/find.ts";`,
  "packages/server/src/sessions/move.test.ts": `
    import { readFileSync } from "node:fs";
    import { test } from "vitest";
    import { jwtVerify } from "jose";
    import { openDatabase } from "../storage/sqlite/open.ts";
    import { fakeClock } from "../testing/clock.ts";`,
  "packages/server/src/storage/sqlite/open.ts": `import { mkdirSync } from "node:fs";`,
  "packages/server/src/cli/main.ts": `import { mailbox } from "../dev/mailbox.ts";`,
  "e2e/flow.test.ts": `import { createClient } from "@latchkey/browser"; import { test } from "vitest";`,
  "docs/guide.md": "[the code](../packages/core/src) [elsewhere](https://example.com/a)",
};

function check(added: Record<string, string>): string[] {
  const files = new Map(Object.entries({ ...sound, ...added }));
  return checkTree(files).map(({ path, line, found }) => `${path}:${line} ${found}`);
}

test("a checkout that follows the rules has no violation", () => {
  expect(check({})).toEqual([]);
});

test.each([
  ["core imports none of our packages", "packages/core/src/a.ts", "@latchkey/browser"],
  ["core runs everywhere: no Node", "packages/core/src/a.ts", "node:fs"],
  ["browser takes no token code from core", "packages/browser/src/a.ts", "@latchkey/core/encoding"],
  ["react goes through browser", "packages/react/src/a.ts", "@latchkey/core/errors"],
  ["server imports no SDK", "packages/server/src/sessions/a.ts", "@latchkey/browser"],
  ["nothing imports the server", "e2e/a.ts", "@latchkey/server"],
  ["what is not exported is private", "e2e/a.ts", "@latchkey/browser/session"],
  ["no path into another package", "e2e/a.ts", "../packages/core/src/errors.ts"],
  ["no path out of the checkout", "e2e/a.ts", "../../secret/a.ts"],
  ["an undeclared package", "packages/core/src/a.ts", "left-pad"],
  ["a package of tests in published code", "packages/server/src/storage/a.ts", "jose"],
  ["a package of the root's in published code", "packages/server/src/storage/a.ts", "vitest"],
  ["testing/ in published code", "packages/server/src/storage/a.ts", "../testing/clock.ts"],
  ["Node in a domain folder", "packages/server/src/sessions/a.ts", "node:crypto"],
  ["Node in http", "packages/server/src/http/a.ts", "node:fs"],
  ["a database driver in a domain folder", "packages/server/src/users/a.ts", "pg"],
  ["HTTP in a domain folder", "packages/server/src/users/a.ts", "hono"],
  ["a domain folder that imports http", "packages/server/src/users/a.ts", "../http/refresh.ts"],
  ["http that opens a database", "packages/server/src/http/a.ts", "../storage/sqlite/open.ts"],
  ["a value of the store's seam", "packages/server/src/http/a.ts", "../storage/store.ts"],
  ["a value of the configuration", "packages/server/src/users/a.ts", "../config/config.ts"],
  ["a store that decides", "packages/server/src/storage/sqlite/open.ts", "../../sessions/move.ts"],
  ["a listener that decides", "packages/server/src/node/listen.ts", "../http/refresh.ts"],
  ["development routes in production", "packages/server/src/main.ts", "./dev/mailbox.ts"],
  ["the command line as a library", "packages/server/src/main.ts", "./cli/main.ts"],
])("%s: refused, with file and line", (_, path, specifier) => {
  const text = `${sound[path as keyof typeof sound] ?? ""}\nimport { a } from "${specifier}";`;
  const line = text.split("\n").length;
  expect(check({ [path]: text })).toContain(`${path}:${line} imports "${specifier}"`);
});

test.each([
  `export { a } from "node:fs";`,
  `export * from "node:fs";`,
  `import "node:fs";`,
  `const a = await import("node:fs");`,
  `const a = require("node:fs");`,
  `const a = import.meta.resolve("node:fs");`,
])("every form of an import counts: %s", (text) => {
  const path = "packages/server/src/sessions/a.ts";
  expect(check({ [path]: text })).toEqual([`${path}:1 imports "node:fs"`]);
});

test("an import of types is an import: a type of Node is Node in the signature", () => {
  const path = "packages/server/src/sessions/a.ts";
  expect(check({ [path]: `let a: import("node:fs").Stats;` })).toEqual([
    `${path}:1 imports "node:fs" (a type)`,
  ]);
});

test("no file names a registry, a person's folder, or a catch-all", () => {
  // Joined here, so that this file does not itself name one.
  const host = ["registry", "example", "org"].join(".");
  const home = ["", "home", "someone", "latchkey"].join("/");
  expect(check({ "docs/a.md": `one\n${host}` })).toEqual([`docs/a.md:2 contains "${host}"`]);
  expect(check({ "a.json": `"${home}"` })[0]).toContain("a.json:1 contains");
  expect(check({ "packages/core/src/utils.ts": "" })[0]).toContain("catch-all");
  expect(check({ "packages/core/src/helpers/a.ts": "" })[0]).toContain("catch-all");
});

test("links lead to files, and paths stay inside the checkout", () => {
  expect(check({ "docs/a.md": "[a](../b.md)" })).toEqual([`docs/a.md:1 points to "../b.md"`]);
  expect(check({ "tsconfig.json": `{ "extends": "../base.json" }` })).toEqual([
    `tsconfig.json:1 points to "../base.json"`,
  ]);
});

test("the lock file is complete and says nothing about where packages came from", () => {
  const lock = (packages: object) => ({ "package-lock.json": JSON.stringify({ packages }) });
  const complete = {
    "": { dependencies: { a: "1" } },
    "node_modules/a": { version: "1", optionalDependencies: { b: "1", c: "1" } },
    "node_modules/a/node_modules/b": { version: "1" },
    "node_modules/c": { version: "1" },
  };
  expect(check(lock(complete))).toEqual([]);
  expect(check(lock({ ...complete, "node_modules/c": { dependencies: { d: "1" } } }))).toEqual([
    "package-lock.json:1 has no entry for d, which node_modules/c depends on",
  ]);
  expect(check(lock({ "node_modules/c": { resolved: "https://example.com/c.tgz" } }))).toEqual([
    "package-lock.json:1 says where node_modules/c was downloaded from",
  ]);
});
