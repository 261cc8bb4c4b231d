import type { RefreshPolicy } from "@latchkey/core/sessions/rules";
import { describe, expect, test } from "vitest";
import type { RefreshRequest, Session, Store } from "../../store.ts";
import {
  DAY,
  HOUR,
  inParallel,
  MINUTE,
  newApp,
  newEmail,
  signIn,
  signInRequest,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const policy: RefreshPolicy = {
  windowMs: 2 * MINUTE,
  lateReplay: "forgive_once",
  idleMs: 30 * DAY,
};

/** Presents a generation as the engine does: a plain read, then the statement. */
async function present(
  store: Store,
  sid: string,
  presented: number,
  changes: Partial<RefreshRequest> = {},
) {
  const { session, now } = await store.sessions.read(sid);
  if (!session) throw new Error(`There is no session ${sid}.`);
  const { tokenHash, ...before } = session;
  return store.sessions.refresh({
    before,
    tokenHash,
    presented,
    now,
    policy,
    currentKid: "kid-2",
    predicted: "reuse",
    requireClock: () => {},
    ...changes,
  });
}

export function sessionContract(get: () => StoreWorld): void {
  async function begin(): Promise<{ app: string; session: Session; userId: string }> {
    const { store } = get();
    const app = await newApp(store);
    const { session, user } = await signIn(store, signInRequest(app));
    return { app, session, userId: user.id };
  }
  const read = async (sid: string) => (await get().store.sessions.read(sid)).session;
  const eventsOf = async (sid: string) =>
    (await get().store.sessions.events(sid)).map(({ type }) => type).sort();

  describe("deliverByCookie", () => {
    test("is for good, also through a refresh that moves the session (R6)", async () => {
      const { store } = get();
      const { session } = await begin();
      expect(session.delivery).toBe("body");
      await store.sessions.deliverByCookie(session.id);
      await store.sessions.deliverByCookie(session.id);
      const at = { now: session.createdAt + HOUR, predicted: "moved" } as const;
      const moved = await present(store, session.id, 0, at);
      expect(moved).toMatchObject({
        outcome: "moved",
        session: { generation: 1, delivery: "cookie" },
      });
      expect(await read(session.id)).toMatchObject({ generation: 1, delivery: "cookie" });
    });
  });

  describe("read", () => {
    test("tells the database's time, of an unknown session too", async () => {
      const { store } = get();
      const before = await store.now();
      const { session, now } = await store.sessions.read("unknown");
      expect(session).toBeNull();
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThanOrEqual(await store.now());
    });
  });

  describe("readWithUser", () => {
    test("answers in one read what the two reads apart answer", async () => {
      const { store, advance } = get();
      const { app, session, userId } = await begin();
      for (let more = 0; more < 3; more++) {
        const both = await store.sessions.readWithUser(session.id);
        expect(both.session).toEqual(await read(session.id));
        expect(both.user).toEqual(await store.users.find(app, userId));
        expect(Math.abs(both.now - (await store.now()))).toBeLessThan(5000);
        const account = { type: `type-${more}`, subject: newEmail().subject };
        if (more === 1) await advance(1000);
        expect(await store.users.link(app, userId, account, null)).toMatchObject({
          kind: "linked",
        });
      }
      const profile = { firstName: "Ada", metadata: { a: "b" } };
      const rest = { email: null, verified: null, passwordHash: null };
      await store.profiles.update(app, userId, { profile, ...rest });
      expect((await store.sessions.readWithUser(session.id)).user).toEqual(
        await store.users.find(app, userId),
      );
    });

    test("has no user where there is none any more, and tells the time without a session", async () => {
      const { store } = get();
      const { app, session, userId } = await begin();
      await store.users.delete(app, userId);
      const left = await store.sessions.readWithUser(session.id);
      expect(left).toMatchObject({ user: null, session: { endReason: "user_deleted" } });
      const none = await store.sessions.readWithUser("unknown");
      expect(none).toMatchObject({ session: null, user: null });
      expect(Math.abs(none.now - (await store.now()))).toBeLessThan(5000);
    });
  });

  describe("refresh (R2)", () => {
    test("touches no row unless both id and token hash are right", async () => {
      const { store } = get();
      const { session } = await begin();
      const before = await read(session.id);
      expect(await present(store, session.id, 0, { tokenHash: "other" })).toBeNull();
      const unknown = { ...session, id: "unknown" };
      expect(await present(store, session.id, 0, { before: unknown })).toBeNull();
      expect(await read(session.id)).toEqual(before);
    });

    test.each(["moved", "reuse"] as const)(
      "answers the row as it is after, predicted %s",
      async (predicted) => {
        const { store, advance } = get();
        const { session } = await begin();
        await advance(3 * MINUTE);
        const moved = await present(store, session.id, 0, { predicted });
        expect(moved?.outcome).toBe("moved");
        expect(moved?.session).toMatchObject({ generation: 1, kid: "kid-2", idleMs: 30 * DAY });
        const { tokenHash: _hash, ...row } = (await read(session.id)) ?? {};
        expect(moved?.session).toEqual(row);
        expect(await eventsOf(session.id)).toEqual(["signed_in"]);
      },
    );

    test("ends nothing by reuse under a clock that departs, whatever was predicted", async () => {
      const { store, advance } = get();
      const { session } = await begin();
      for (let generation = 0; generation < 3; generation++) {
        await advance(3 * MINUTE);
        await present(store, session.id, generation);
      }
      const before = await read(session.id);
      const departed = new Error("the clock departs");
      const requireClock = () => {
        throw departed;
      };
      for (const predicted of ["moved", "late_replay", "regressed", "reuse"] as const) {
        const refused = present(store, session.id, 0, { predicted, requireClock });
        await expect(refused).rejects.toBe(departed);
      }
      expect(await read(session.id)).toEqual(before);
      expect(await eventsOf(session.id)).not.toContain("reuse");
      expect(await present(store, session.id, 3, { requireClock })).toMatchObject({
        session: { generation: 3 },
      });
      expect(await present(store, session.id, 0)).toMatchObject({ outcome: "reuse" });
    });

    test("writes the trail of what deserves a look, whatever was predicted", async () => {
      const { store, advance } = get();
      for (const predicted of ["moved", "reuse"] as const) {
        const { session } = await begin();
        await present(store, session.id, 4, { predicted });
        await advance(3 * MINUTE);
        await present(store, session.id, 4, { predicted });
        await advance(3 * MINUTE);
        const last = await present(store, session.id, 4, { predicted });
        expect(last).toMatchObject({ outcome: "reuse", session: { endReason: "reuse" } });
        expect(await eventsOf(session.id)).toEqual([
          "generation_regressed",
          "late_replay",
          "reuse",
          "signed_in",
        ]);
      }
    });
  });

  describe("events", () => {
    test("come back in the order in which they happened, within one millisecond too", async () => {
      const { store } = get();
      for (let round = 0; round < 10; round++) {
        const { session } = await begin();
        await present(store, session.id, 5);
        await store.sessions.end(session.id, "logout");
        const events = await store.sessions.events(session.id);
        expect(events.map(({ type }) => type)).toEqual([
          "signed_in",
          "generation_regressed",
          "logout",
        ]);
      }
    });
  });

  describe("end (ASVS 7.4.1)", () => {
    test("is final: the first reason stays, and no refresh brings the session back", async () => {
      const { store, advance } = get();
      const { session } = await begin();
      expect(await store.sessions.end(session.id, "logout")).toBe(true);
      expect(await store.sessions.end(session.id, "revoked")).toBe(false);
      await advance(HOUR);
      for (const generation of [0, 1, 9]) {
        const answer = await present(store, session.id, generation);
        expect(answer).toMatchObject({ outcome: "ended", session: { endReason: "logout" } });
      }
      expect(await eventsOf(session.id)).toEqual(["logout", "signed_in"]);
    });

    test("has nothing to end in an unknown and in an expired session", async () => {
      const { store, advance } = get();
      const { session } = await begin();
      expect(await store.sessions.end("unknown", "logout")).toBe(false);
      await advance(31 * DAY);
      expect(await store.sessions.end(session.id, "logout")).toBe(false);
      expect(await read(session.id)).toMatchObject({ endedAt: null });
    });

    test("happens once however many call", async () => {
      const world = get();
      const { session } = await begin();
      const results = await inParallel(20, world, (store) =>
        store.sessions.end(session.id, "logout"),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await eventsOf(session.id)).toEqual(["logout", "signed_in"]);
    });
  });

  describe("bury (R6, R9)", () => {
    test("keeps the end of a session that has no row, once, and ends one that has", async () => {
      const world = get();
      const { app, session } = await begin();
      const lost = {
        id: `lost-${session.id}`,
        appId: app,
        protocol: "browser",
        tokenHash: "hash",
        kid: "kid",
        generation: 3,
        absoluteExpiresAt: session.absoluteExpiresAt,
      } as const;
      await inParallel(6, world, (store) => store.sessions.bury(lost));
      expect(await read(lost.id)).toMatchObject({
        appId: app,
        tokenHash: "hash",
        generation: 3,
        endReason: "logout",
        absoluteExpiresAt: session.absoluteExpiresAt,
      });
      expect(await eventsOf(lost.id)).toEqual(["logout"]);
      await world.store.sessions.bury({ ...lost, id: session.id });
      expect(await read(session.id)).toMatchObject({ endReason: "logout", userId: session.userId });
      const unknown = { tokenHash: null, kid: null, absoluteExpiresAt: null };
      await world.store.sessions.bury({ ...lost, ...unknown, id: `sid-${session.id}` });
      const kept = await read(`sid-${session.id}`);
      expect(kept).toMatchObject({ tokenHash: "", endReason: "logout" });
      expect(kept?.absoluteExpiresAt).toBeGreaterThan((await world.store.now()) + 399 * DAY);
    });
  });

  describe("endAllOfUser (ASVS 7.4.5)", () => {
    test("ends every live session of the user and nobody else's", async () => {
      const { store } = get();
      const app = await newApp(store);
      const email = newEmail();
      const mine = [];
      for (let count = 0; count < 3; count++) {
        mine.push(await signIn(store, signInRequest(app, email)));
      }
      const { session: others } = await signIn(store, signInRequest(app));
      const [first] = mine;
      await store.sessions.end(first?.session.id ?? "", "logout");
      expect(await store.sessions.endAllOfUser(first?.user.id ?? "", "revoked")).toBe(2);
      const reasons = await Promise.all(mine.map(async ({ session }) => read(session.id)));
      expect(reasons.map((row) => row?.endReason)).toEqual(["logout", "revoked", "revoked"]);
      expect(await read(others.id)).toMatchObject({ endedAt: null });
    });
  });

  describe("what ends all sessions leaves none live, whatever runs beside it (ASVS 7.4.2)", () => {
    const enders = {
      disable: (store: Store, app: string, id: string) => store.users.setDisabled(app, id, true),
      delete: (store: Store, app: string, id: string) => store.users.delete(app, id),
    };

    test.each(Object.entries(enders))("%s, against sign-ins and refreshes", async (name, end) => {
      const world = get();
      for (let round = 0; round < 8; round++) {
        const app = await newApp(world.store);
        const email = newEmail();
        const { user, session } = await signIn(world.store, signInRequest(app, email));
        await world.advance(3 * MINUTE);
        const attempt = (store: Store) =>
          store.sessions.signIn(signInRequest(app, email, { allowSignUp: false }));
        const [before, refreshes, ended, after] = await Promise.all([
          inParallel(12, world, attempt),
          inParallel(6, world, (store) => present(store, session.id, 0)),
          end(world.other, app, user.id),
          inParallel(6, world, attempt),
        ]);
        expect(ended).toBe(true);
        expect(refreshes).not.toContain(null);
        const results = [...before, ...after];
        const begun = results.flatMap((each) => (each.kind === "signed_in" ? [each.session] : []));
        for (const { id } of [session, ...begun]) {
          expect(await read(id)).toMatchObject({ endReason: `user_${name}d` });
        }
        const reason = name === "delete" ? "no_such_user" : "user_disabled";
        for (const { kind } of results) expect(["signed_in", reason]).toContain(kind);
      }
    });

    test("revoke all, against refreshes of every session", async () => {
      const world = get();
      const app = await newApp(world.store);
      const email = newEmail();
      const begun = await inParallel(12, world, (store) =>
        signIn(store, signInRequest(app, email)),
      );
      await world.advance(3 * MINUTE);
      const [, ended] = await Promise.all([
        inParallel(12, world, (store, index) => present(store, begun[index]?.session.id ?? "", 0)),
        world.other.sessions.endAllOfUser(begun[0]?.user.id ?? "", "revoked"),
        inParallel(12, world, (store, index) => present(store, begun[index]?.session.id ?? "", 0)),
      ]);
      expect(ended).toBe(12);
      for (const { session } of begun) {
        expect(await read(session.id)).toMatchObject({ endReason: "revoked" });
        expect(await present(world.store, session.id, 0)).toMatchObject({ outcome: "ended" });
      }
    });
  });
}
