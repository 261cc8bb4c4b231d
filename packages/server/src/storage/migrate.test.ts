import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openSqlite } from "./sqlite/open-sqlite.ts";
import { migrationContract } from "./testing/migration-contract.ts";
import { upgradeContract } from "./testing/upgrade-contract.ts";

const directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
let files = 0;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const fresh = async () => {
  const path = join(directory, `${files++}.db`);
  return () => openSqlite({ path, now: Date.now });
};

migrationContract("SQLite", fresh);
upgradeContract("SQLite", fresh);
