import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LatchkeyError } from "@latchkey/core/errors";
import { CompiledQuery } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFile, type SqliteFile } from "./connection.ts";
import { type GroupCommit, groupCommit } from "./group-commit.ts";
import { statementCache } from "./statement-cache.ts";

let directory: string;
let file: SqliteFile;
let commits: GroupCommit;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  file = openFile(join(directory, "a.db"));
  file.writer.exec("CREATE TABLE t (id integer PRIMARY KEY, data text)");
  commits = groupCommit(file.writer, statementCache(file.writer), () => 0);
});
afterEach(() => {
  file.close();
  rmSync(directory, { recursive: true, force: true });
});

const insert = (id: number, bytes = 1) =>
  CompiledQuery.raw("INSERT INTO t VALUES (?, ?)", [id, "x".repeat(bytes)]);
const stored = () => file.reader.prepare("SELECT id FROM t ORDER BY id").pluck().all();
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) =>
      error instanceof LatchkeyError ? `${error.code}: ${error.message}` : "other error",
  );

describe("a group of writes", () => {
  test("on a full disk is refused as unavailable where it did not fit, and works again later", async () => {
    await commits.enqueue(insert(1));
    const pages = file.writer.pragma("page_count", { simple: true });
    file.writer.pragma(`max_page_count = ${String(pages)}`);
    const answers = await Promise.all([
      outcome(commits.enqueue(insert(2))),
      outcome(commits.enqueue(insert(3, 100_000))),
      outcome(commits.enqueue(async (tx) => tx.all(insert(4, 100_000)))),
      outcome(commits.enqueue(insert(5))),
    ]);
    const full = expect.stringMatching(/^database_unavailable: .*full.*SQLITE_FULL/);
    expect(answers.slice(1, 3)).toEqual([full, full]);
    // Whoever was told "done" is there, whoever was told otherwise is not.
    const done = [2, 3, 4, 5].filter((_, i) => answers[i] === "done");
    expect(stored()).toEqual([1, ...done]);
    expect(done).toContain(5);
    file.writer.pragma("max_page_count = 1000000");
    await commits.enqueue(insert(3, 100_000));
    expect(stored()).toContain(3);
  });

  test("on a read-only database is refused as unavailable", async () => {
    file.writer.pragma("query_only = ON");
    const answers = await Promise.all([
      outcome(commits.enqueue(insert(1))),
      outcome(commits.enqueue(async (tx) => tx.all(insert(2)))),
    ]);
    expect(answers).toEqual(Array(2).fill(expect.stringMatching(/SQLITE_READONLY/)));
    file.writer.pragma("query_only = OFF");
    await commits.enqueue(insert(1));
    expect(stored()).toEqual([1]);
  });

  test("whose commit fails is refused as a whole", async () => {
    file.writer.pragma("foreign_keys = ON");
    file.writer.exec(
      "CREATE TABLE child (id integer REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    const orphan = CompiledQuery.raw("INSERT INTO child VALUES (99)", []);
    const answers = await Promise.all([
      outcome(commits.enqueue(insert(1))),
      outcome(commits.enqueue(orphan)),
    ]);
    expect(answers).toEqual(Array(2).fill(expect.stringMatching(/^database_unavailable/)));
    expect(stored()).toEqual([]);
    await commits.enqueue(insert(1));
    expect(stored()).toEqual([1]);
  });

  test("tells a refusal that rests on the group only once the group is committed", async () => {
    const seen = await Promise.all([
      commits.enqueue(insert(1)).then(() => "done"),
      commits.enqueue(async (tx) => tx.all(insert(1))).catch(() => stored()),
      commits.enqueue(insert(2)).then(() => "done"),
    ]);
    expect(seen).toEqual(["done", [1, 2], "done"]);

    file.writer.pragma("foreign_keys = ON");
    file.writer.exec(
      "CREATE TABLE child (id integer REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    const answers = await Promise.all([
      outcome(commits.enqueue(insert(3))),
      outcome(commits.enqueue(async (tx) => tx.all(insert(3)))),
      outcome(commits.enqueue(CompiledQuery.raw("INSERT INTO child VALUES (99)", []))),
    ]);
    // None of it happened, so nobody is told that the other was there.
    expect(answers).toEqual(Array(3).fill(expect.stringMatching(/^database_unavailable/)));
  });

  test("answers in the order of arrival and keeps going past its largest size", async () => {
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 700 }, (_, id) =>
        commits.enqueue(insert(id)).then(() => order.push(id)),
      ),
    );
    expect(order).toEqual(Array.from({ length: 700 }, (_, id) => id));
    expect(stored()).toHaveLength(700);
  });
});
