import { connect, createServer, type Server } from "node:net";
import { LatchkeyError } from "@latchkey/core/errors";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../database.ts";
import { databaseContract } from "../testing/database-contract.ts";
import { startTestPostgres, type TestPostgres } from "../testing/test-postgres.ts";
import { openPostgres, type PostgresOptions } from "./open-postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres({ settings: ["max_connections=40"] });
});
afterAll(() => postgres.stop());

databaseContract("PostgreSQL database", async () => {
  const url = await postgres.freshDatabaseUrl();
  return { open: () => openPostgres({ url }), dispose: async () => {} };
});

describe("PostgreSQL", () => {
  let url: string;
  const opened: Database[] = [];
  beforeEach(async () => {
    url = await postgres.freshDatabaseUrl();
  });
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.close();
  });
  const open = (options: Partial<PostgresOptions> = {}) => {
    const db = openPostgres({ url, ...options });
    opened.push(db);
    return db;
  };
  const run = (db: Database, text: string) => db.write(sql.raw(text).compile(db.build));
  const refused = (words: string | RegExp) =>
    expect.objectContaining({
      code: "database_unavailable",
      status: 503,
      message: expect.stringMatching(words),
    });
  const error = (work: Promise<unknown>) => work.catch((reason: unknown) => reason);

  async function withCounters(rows: number): Promise<Database> {
    const db = open();
    await run(db, "CREATE TABLE limits (id text PRIMARY KEY, used bigint, resets_at bigint)");
    await run(db, `INSERT INTO limits SELECT i::text, 0, 0 FROM generate_series(1, ${rows}) i`);
    return db;
  }
  const bump = (db: Database, id: string) =>
    sql.raw(`UPDATE limits SET used = used + 1 WHERE id = '${id}'`).compile(db.build);

  test("a crash under load refuses what was under way, loses nothing resolved, and passes", async () => {
    const db = await withCounters(1);
    let resolved = 0;
    const failures: unknown[] = [];
    let stop = false;
    const writers = Array.from({ length: 8 }, async (_, i) => {
      while (!stop) {
        const work =
          i % 2 ? db.write(bump(db, "1")) : db.transaction((tx) => tx.all(bump(db, "1")));
        await work.then(
          () => resolved++,
          (reason: unknown) => failures.push(reason),
        );
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await postgres.crash();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = resolved;
    await postgres.restart();
    await new Promise((resolve) => setTimeout(resolve, 150));
    stop = true;
    await Promise.all(writers);

    expect(before).toBeGreaterThan(0);
    expect(resolved).toBeGreaterThan(before);
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toEqual(refused(/PostgreSQL/));
    const { used } = (await db.first(
      sql<{ used: number }>`SELECT used FROM limits`.compile(db.build),
    )) ?? { used: -1 };
    // What was refused may have happened: the outcome of a cut commit is unknown, and says so.
    expect(used).toBeGreaterThanOrEqual(resolved);
    expect(used).toBeLessThanOrEqual(resolved + failures.length);
  });

  test("a connection that is cut within a transaction undoes it, and the next one works", async () => {
    const db = await withCounters(1);
    const cut = db.transaction(async (tx) => {
      await tx.all(bump(db, "1"));
      const [me] = await tx.all(
        sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.compile(db.build),
      );
      await run(db, `SELECT pg_terminate_backend(${me?.pid})`);
      await tx.all(bump(db, "1"));
    });
    expect(await error(cut)).toEqual(refused("PostgreSQL"));
    await db.transaction((tx) => tx.all(bump(db, "1")));
    expect(await db.first(sql`SELECT used FROM limits`.compile(db.build))).toEqual({ used: 1 });
  });

  test("losing every idle connection is not noticed by anyone", async () => {
    const db = await withCounters(1);
    await Promise.all(Array.from({ length: 6 }, () => run(db, "SELECT pg_sleep(0.02)")));
    const outside = open({ maxConnections: 1 });
    await run(
      outside,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()",
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await db.write(bump(db, "1"));
  });

  test("a deadlock refuses one transaction as unavailable and lets the other commit", async () => {
    const db = await withCounters(2);
    let bothHold = 0;
    const one = async (first: string, second: string) =>
      db.transaction(async (tx) => {
        await tx.all(bump(db, first));
        bothHold++;
        while (bothHold < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        await tx.all(bump(db, second));
      });
    const results = await Promise.allSettled([one("1", "2"), one("2", "1")]);
    const reasons = results.flatMap((r) => (r.status === "rejected" ? [r.reason] : []));
    expect(reasons).toEqual([refused(/deadlock.*40P01/)]);
    const rows = await db.all(sql`SELECT used FROM limits`.compile(db.build));
    expect(rows).toEqual([{ used: 1 }, { used: 1 }]);
  });

  test("a lock, a statement or a connection that takes too long is unavailable", async () => {
    const db = await withCounters(1);
    const hasty = open({
      maxConnections: 2,
      lockTimeoutMs: 100,
      statementTimeoutMs: 400,
      connectTimeoutMs: 300,
    });
    await db.transaction(async (tx) => {
      await tx.all(bump(db, "1"));
      expect(await error(hasty.write(bump(hasty, "1")))).toEqual(refused(/lock.*55P03/));
    });
    const slow = run(hasty, "SELECT pg_sleep(5)");
    const alsoSlow = run(hasty, "SELECT pg_sleep(5)");
    const starved = run(hasty, "SELECT 1");
    expect(await error(starved)).toEqual(refused(/in time/));
    expect(await error(slow)).toEqual(refused(/57014/));
    expect(await error(alsoSlow)).toEqual(refused(/57014/));
    await hasty.write(bump(hasty, "1"));
  });

  test("a transaction may be given more time than its database", async () => {
    const db = open({ statementTimeoutMs: 100 });
    const nap = sql`SELECT pg_sleep(0.3)`.compile(db.build);
    expect(await error(db.transaction((tx) => tx.all(nap)))).toEqual(refused(/57014/));
    await db.transaction((tx) => tx.all(nap), { timeoutMs: 5_000 });
    expect(await error(db.all(nap))).toEqual(refused(/57014/));
  });

  test("a transaction that stands still gives its locks back", async () => {
    const db = await withCounters(1);
    const standing = open({ statementTimeoutMs: 150 });
    const stuck = standing.transaction(async (tx) => {
      await tx.all(bump(standing, "1"));
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    expect(await error(stuck)).toEqual(refused("commit"));
    await db.write(bump(db, "1"));
    expect(await db.first(sql`SELECT used FROM limits`.compile(db.build))).toEqual({ used: 1 });
  });

  test("a server that has gone silent is unavailable, not waited for", async () => {
    const { hostname, port } = new URL(url);
    let frozen = false;
    const proxy = await listen((socket) => {
      const upstream = connect(Number(port), hostname);
      socket.on("data", (chunk) => frozen || upstream.write(chunk));
      upstream.on("data", (chunk) => frozen || socket.write(chunk));
      socket.on("close", () => upstream.destroy()).on("error", () => {});
      upstream.on("close", () => socket.destroy()).on("error", () => {});
    });
    const through = new URL(url);
    through.port = String(portOf(proxy));
    const db = open({ url: through.href, statementTimeoutMs: 100, connectTimeoutMs: 300 });
    await run(db, "SELECT 1");
    frozen = true;
    expect(await error(run(db, "SELECT 1"))).toEqual(refused(/in time/));
    expect(await error(run(db, "SELECT 1"))).toEqual(refused(/in time/));
    frozen = false;
    await run(db, "SELECT 1");
    await db.close();
    proxy.close();
  }, 20_000);

  test("nobody there, a wrong password, a missing database: unavailable, and says which", async () => {
    const silent = await listen(() => {});
    const unused = portOf(silent);
    const to = (change: (target: URL) => void) => {
      const target = new URL(url);
      change(target);
      return open({ url: target.href, connectTimeoutMs: 300 }).now();
    };
    expect(await error(to((u) => (u.port = String(unused))))).toEqual(refused(/in time/));
    silent.close();
    expect(await error(to((u) => (u.port = "1")))).toEqual(refused(/ECONNREFUSED/));
    const wrong: unknown = await error(to((u) => (u.password = "sesame")));
    expect(wrong).toEqual(refused(/password.*28P01/));
    expect((wrong as Error).message).not.toContain("sesame");
    expect(await error(to((u) => (u.pathname = "/none")))).toEqual(refused(/3D000/));
  });

  test("more connections than the server allows: unavailable, and says so", async () => {
    const greedy = open({ maxConnections: 60 });
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, () => run(greedy, "SELECT pg_sleep(0.5)")),
    );
    const reasons = results.flatMap((r) => (r.status === "rejected" ? [r.reason as unknown] : []));
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toEqual(refused(/53300/));
  });

  test("R2: a read-only database is refused for reads too, until it takes writes again", async () => {
    const db = await withCounters(1);
    const name = new URL(url).pathname.slice(1);
    const admin = openPostgres({ url: postgres.url });
    await run(admin, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const later = open();
    expect(await error(later.all(sql`SELECT 1`.compile(later.build)))).toEqual(
      refused(/read only.*primary/),
    );
    await run(db, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    expect(await error(db.write(bump(db, "1")))).toEqual(refused(/read only.*25006/));
    await run(admin, `ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await db.write(bump(db, "1"));
    await later.all(sql`SELECT 1`.compile(later.build));
    await admin.close();
  });

  test("R2: a standby is refused before anything is read from it", async () => {
    const standby = await startTestPostgres({ standby: true });
    const db = openPostgres({ url: standby.url });
    expect(await error(db.all(sql`SELECT 1`.compile(db.build)))).toEqual(refused(/standby/));
    expect(await error(db.transaction(async () => {}))).toEqual(refused(/standby/));
    await db.close();
    await standby.stop();
  });

  test("connections confirm commits only when they are durable, at READ COMMITTED", async () => {
    const name = new URL(url).pathname.slice(1);
    const admin = openPostgres({ url: postgres.url });
    await run(admin, `ALTER DATABASE ${name} SET synchronous_commit = off`);
    await run(admin, `ALTER DATABASE ${name} SET default_transaction_isolation = serializable`);
    await admin.close();
    const db = open();
    const settings = sql`SELECT current_setting('synchronous_commit') AS sync,
      current_setting('transaction_isolation') AS isolation`.compile(db.build);
    const expected = { sync: "on", isolation: "read committed" };
    expect(await db.first(settings)).toEqual(expected);
    expect(await db.transaction((tx) => tx.first(settings))).toEqual(expected);
  });

  test("statements are prepared once per connection, and boundedly many", async () => {
    const db = open({ maxConnections: 1 });
    const prepared = sql<{ n: number; most: number }>`SELECT count(*) AS n,
      max(generic_plans + custom_plans) AS most FROM pg_prepared_statements`.compile(db.build);
    const query = sql`SELECT ${1} + 1 AS n`.compile(db.build);
    for (let i = 0; i < 20; i++) await db.all(query);
    expect(await db.first(prepared)).toMatchObject({ n: 2, most: 20 });
    for (let i = 0; i < 700; i++) await db.all(sql.raw(`SELECT ${i}`).compile(db.build));
    const { n } = (await db.first(prepared)) ?? { n: 0 };
    expect(n).toBeLessThanOrEqual(500);
  });

  test("an error of the work itself is passed on untouched and the connection is kept", async () => {
    const db = open({ maxConnections: 1 });
    const pid = sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.compile(db.build);
    const before = await db.first(pid);
    const own = new LatchkeyError("mine", 418, "Mine.");
    expect(
      await error(
        db.transaction(async () => {
          throw own;
        }),
      ),
    ).toBe(own);
    await error(run(db, "SELEKT"));
    expect(await db.first(pid)).toEqual(before);
  });
});

function listen(onConnection: Parameters<typeof createServer>[1]): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(onConnection);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return address.port;
}
