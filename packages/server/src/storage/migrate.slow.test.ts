import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";
import { openPostgres } from "./postgres/open-postgres.ts";
import { migrationContract } from "./testing/migration-contract.ts";
import { startTestPostgres, type TestPostgres } from "./testing/test-postgres.ts";
import { upgradeContract } from "./testing/upgrade-contract.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const fresh = async () => {
  const url = await postgres.freshDatabaseUrl();
  return () => openPostgres({ url, maxConnections: 2 });
};

migrationContract("PostgreSQL", fresh);
upgradeContract("PostgreSQL", fresh);

/** Starts processes that wait for each other, then open and migrate one new database. */
async function startTogether(url: string, count: number): Promise<string[]> {
  const program = `
    import { openDatabase } from ${JSON.stringify(join(import.meta.dirname, "open-database.ts"))};
    import { migrate } from ${JSON.stringify(join(import.meta.dirname, "migrate.ts"))};
    import { migrations } from ${JSON.stringify(join(import.meta.dirname, "migrations/index.ts"))};
    process.stdin.once("data", async () => {
      const db = openDatabase(${JSON.stringify(url)}, { now: Date.now });
      const { applied } = await migrate(db, migrations);
      await db.close();
      process.stdout.write("applied " + applied.length + "\\n");
      process.exit();
    });
    process.stdout.write("ready\\n");`;
  const children = Array.from({ length: count }, () => {
    const child = spawn(
      process.execPath,
      ["--conditions=latchkey-source", "--input-type=module", "-e", program],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    let output = "";
    const ready = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
    });
    const ended = new Promise<string>((resolve) => child.on("close", () => resolve(output)));
    return { child, ready, ended };
  });
  await Promise.all(children.map(({ ready, ended }) => Promise.race([ready, ended])));
  for (const { child } of children) child.stdin.write("go\n");
  return Promise.all(children.map(({ ended }) => ended));
}

const oneApplied = (outputs: string[]) =>
  expect(outputs.sort()).toEqual([
    ...Array(outputs.length - 1).fill("ready\napplied 0\n"),
    `ready\napplied ${migrations.length}\n`,
  ]);

test("processes that start at once on a new SQLite file all come up, one having migrated", async () => {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  for (const round of [1, 2, 3]) {
    oneApplied(await startTogether(`sqlite:${join(directory, `${round}.db`)}`, 6));
  }
  rmSync(directory, { recursive: true, force: true });
});

test("processes that start at once on an empty PostgreSQL database all come up, one having migrated", async () => {
  oneApplied(await startTogether(await postgres.freshDatabaseUrl(), 6));
});

test("a starter waits for one that takes longer than a statement may", async () => {
  const url = await postgres.freshDatabaseUrl();
  const open = () => openPostgres({ url, statementTimeoutMs: 150, lockTimeoutMs: 100 });
  const [slow, waiting] = [open(), open()];
  const steps = [
    {
      version: 1,
      name: "long",
      oldestCompatible: 1,
      up: async (tx: Parameters<(typeof migrations)[0]["up"]>[0]) => {
        await tx.all(sql`SELECT pg_sleep(0.6)`.compile(slow.build));
      },
    },
  ];
  const results = await Promise.all([migrate(slow, steps), migrate(waiting, steps)]);
  expect(results.map((r) => r.version)).toEqual([1, 1]);
  await slow.close();
  await waiting.close();
});

test("a role that may not create anything runs on a schema that is up to date", async () => {
  const url = await postgres.freshDatabaseUrl();
  const owner = openPostgres({ url });
  await migrate(owner, migrations);
  const name = `r${new URL(url).pathname.slice(1)}`;
  for (const text of [
    `CREATE ROLE ${name} LOGIN PASSWORD 'x'`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
  ]) {
    await owner.write(sql.raw(text).compile(owner.build));
  }
  const limited = new URL(url);
  limited.username = name;
  limited.password = "x";
  const db = openPostgres({ url: limited.href });
  expect(await migrate(db, migrations)).toEqual({ applied: [], version: migrations.length });
  await db.close();
  await owner.close();
});
