/**
 * No list of the dashboard reads a whole table: every statement that a page of it sends is planned
 * along an index, in that index' order, whatever it filters by.
 */
import { type CompiledQuery, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compiled } from "../compile-only.ts";
import type { Database } from "../database.ts";
import { sqlInsightStore } from "../sql/insight-store.ts";
import { sqlSessionListingStore } from "../sql/session-listing-store.ts";
import { sqlSessionStore } from "../sql/session-store.ts";
import { sqlUserListingStore } from "../sql/user-listing-store.ts";
import type { SessionFilter, UserFilter, UserListingPlace } from "../store.ts";

/** `open` gives a migrated database with enough rows in it, and settings, for plans that tell. */
export function planContract(
  name: string,
  open: () => Promise<{ db: Database; appId: string; close(): Promise<void> }>,
): void {
  describe(`what a page of a list reads on ${name}`, () => {
    let world: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    /** Sends what `work` sends, and expects no plan of it to read a table. */
    async function expectRanges(work: (db: Database) => Promise<unknown>): Promise<void> {
      const { db } = world;
      const sent: CompiledQuery[] = [];
      const recording: Database = {
        ...db,
        all: (query) => {
          sent.push(compiled(query));
          return db.all(query);
        },
        first: (query) => {
          sent.push(compiled(query));
          return db.first(query);
        },
      };
      await work(recording);
      expect(sent.length).toBeGreaterThan(0);
      for (const query of sent) {
        const plan = await planOf(db, query);
        const text = `${query.sql}\n\n${plan.join("\n")}`;
        expect(readsWhole(db, plan.join("\n")), text).toBe(false);
      }
    }

    const pageOfUsers = (
      beginning: string | null,
      filter: UserFilter,
      after: UserListingPlace | null = null,
    ) =>
      expectRanges((db) =>
        sqlUserListingStore(db).page({ appId: world.appId, beginning, filter, after, limit: 25 }),
      );

    const filters: readonly [string, UserFilter, UserListingPlace & { kind: "by_time" }][] = [
      ["all", {}, at("created")],
      ["created since", { createdFrom: 1 }, at("created")],
      ["created between", { createdFrom: 1, createdUntil: 9e12 }, at("created")],
      ["signed in since", { signedInFrom: 1 }, at("signed_in")],
      ["signed in before", { signedInUntil: 9e12 }, at("signed_in")],
      ["disabled", { disabled: true }, at("disabled")],
      ["not disabled", { disabled: false }, at("created")],
      ["guests", { guest: true }, at("guests")],
      ["no guests", { guest: false }, at("created")],
      ["with an address", { accountType: "email" }, at("account_type")],
      ["with a passkey", { accountType: "passkey" }, at("account_type")],
      ["members", { organizationId: "org_1" }, at("organization")],
      [
        "everything at once",
        {
          createdFrom: 1,
          signedInFrom: 1,
          disabled: true,
          guest: false,
          accountType: "email",
          organizationId: "org_1",
        },
        at("organization"),
      ],
    ];
    test.each(filters)("users, %s", async (_, filter, place) => {
      await pageOfUsers(null, filter);
      await pageOfUsers(null, filter, place);
      await pageOfUsers("ada", filter);
    });

    test("users found by address, first name and last name, and further pages of each", async () => {
      await pageOfUsers("ada", {});
      for (const searched of ["subject", "first_name", "last_name"] as const) {
        await pageOfUsers("ada", {}, { kind: "by_text", in: searched, text: "ada", id: "x" });
      }
    });

    const sessions: readonly [string, SessionFilter][] = [
      ["all", {}],
      ["active", { state: "active" }],
      ["ended", { state: "ended" }],
      ["ended for a reason", { state: "ended", reason: "reuse" }],
      ["by method", { method: "passkey" }],
      ["active by method", { state: "active", method: "email" }],
      ["ended by method", { state: "ended", method: "email" }],
    ];
    test.each(sessions)("sessions of an app, %s", async (_, filter) => {
      const walk = filter.state === "ended" ? "ended" : "begun";
      for (const after of [null, { walk, at: 1e12, id: "x" } as const]) {
        await expectRanges((db) =>
          sqlSessionListingStore(db).page({ appId: world.appId, filter, after, limit: 25 }),
        );
      }
    });

    test("one user's sessions", async () => {
      const page = { before: null, after: null, limit: 10, order: "desc" } as const;
      await expectRanges((db) => sqlSessionStore(db).ofUser(world.appId, "someone", page));
    });

    test("charts, counts, and a chunk of what is counted", async () => {
      await expectRanges((db) => {
        const series = { appId: world.appId, from: 0, until: 9e12, width: 3_600_000 };
        return sqlInsightStore(db).series(series);
      });
      await expectRanges((db) => sqlInsightStore(db).counts(world.appId));
      await expectRanges((db) => sqlInsightStore(db).countSessions("a", 10));
      await expectRanges((db) => sqlInsightStore(db).countUsers("a", 10));
    });
  });
}

const at = (walk: (UserListingPlace & { kind: "by_time" })["walk"]) =>
  ({ kind: "by_time", walk, at: 1e12, id: "x" }) as const;

async function planOf(db: Database, query: CompiledQuery): Promise<string[]> {
  const explain = db.dialect === "sqlite" ? "EXPLAIN QUERY PLAN" : "EXPLAIN";
  const rows = await db.all<Record<string, unknown>>({
    ...sql.raw<Record<string, unknown>>(`${explain} ${query.sql}`).compile(db.build),
    parameters: query.parameters,
  });
  return rows.map((row) =>
    // A sort in what gives the candidates reads them all; one of what is left is bounded.
    "detail" in row
      ? `${row.parent === 0 ? "" : "inner "}${row.detail}`
      : String(row["QUERY PLAN"]),
  );
}

function readsWhole({ dialect }: Database, plan: string): boolean {
  if (dialect === "postgres") {
    // An index without a condition is read from one end to the other.
    return /Seq Scan on|Index (Only )?Scan using .*\n(?!\s*Index Cond)/.test(plan);
  }
  return /SCAN (?!c\b|\(|CONSTANT)|^inner USE TEMP B-TREE FOR ORDER BY/m.test(plan);
}
