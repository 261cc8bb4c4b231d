import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMasterKey } from "../keys/master-key.ts";
import { HOUR, MINUTE, newCode, newEmail, storeCode } from "../storage/testing/samples.ts";
import { openReplay, type RepeatableRequest, sealReplay } from "./replay.ts";
import { repeatedSignIn } from "./sign-in.ts";
import { type Engine, openEngine, tokenOf } from "./testing/engine.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const newRequest = (changes: Partial<RepeatableRequest> = {}): RepeatableRequest => ({
  idempotencyKey: crypto.randomUUID(),
  scope: "app /passwordless/authenticate",
  body: '{"email":"ada@example.com","code":"123456"}',
  ...changes,
});

describe("R6 every sign-in begins a session of its own (ASVS 7.2.4)", () => {
  test("with a new id, a new secret and a token that works at once", async () => {
    const account = newEmail();
    const all = [];
    for (let count = 0; count < 20; count++) all.push(await engine.signIn({ account }));
    expect(new Set(all.map(({ session }) => session.id)).size).toBe(20);
    expect(new Set(all.map(({ refreshToken }) => refreshToken.split(".")[5])).size).toBe(20);
    expect(new Set(all.map(({ user }) => user.id)).size).toBe(1);
    for (const { refreshToken } of all) {
      expect(tokenOf(await engine.refresh(refreshToken))).toBe(refreshToken);
    }
  });

  test("and refuses with the protocol's errors", async () => {
    const code = await storeCode(engine.world.store, newCode(engine.app.id));
    await engine.signIn({ codeId: code.id });
    await expect(engine.signIn({ codeId: code.id })).rejects.toMatchObject({
      code: "invalid_credentials",
      status: 422,
    });
    await expect(engine.signIn({ allowSignUp: false })).rejects.toMatchObject({
      code: "user_does_not_exist",
    });
    const account = newEmail();
    const { user } = await engine.signIn({ account });
    await engine.world.store.users.setDisabled(engine.app.id, user.id, true);
    await expect(engine.signIn({ account })).rejects.toMatchObject({ code: "user_disabled" });
  });

  test("keeps at most 512 characters of what a browser calls itself", async () => {
    const { session } = await engine.signIn({ userAgent: "x".repeat(10_000) });
    const { db } = engine.world;
    const row = await db.first(
      sql<{ user_agent: string }>`SELECT user_agent FROM sessions WHERE id = ${session.id}`.compile(
        db.build,
      ),
    );
    expect(row?.user_agent).toHaveLength(512);
  });
});

describe("R6 a repeat with the same Idempotency-Key", () => {
  test("of an equal request gets the same session and token for a minute", async () => {
    const repeatable = newRequest();
    const first = await engine.signIn({ repeatable });
    const again = await repeatedSignIn(engine.deps, repeatable);
    expect(again).toMatchObject({
      refreshToken: first.refreshToken,
      session: { id: first.session.id },
      user: { id: first.user.id },
      isNewUser: true,
    });
    await engine.step(MINUTE - 1);
    expect(await repeatedSignIn(engine.deps, repeatable)).not.toBeNull();
    await engine.step(1);
    expect(await repeatedSignIn(engine.deps, repeatable)).toBeNull();
  });

  test("says of a known user that it is not new", async () => {
    const account = newEmail();
    await engine.signIn({ account });
    await engine.step(HOUR);
    const repeatable = newRequest();
    await engine.signIn({ account, repeatable });
    expect(await repeatedSignIn(engine.deps, repeatable)).toMatchObject({ isNewUser: false });
  });

  test("of any other request is refused", async () => {
    const repeatable = newRequest();
    await engine.signIn({ repeatable });
    for (const body of ["", "{}", `${repeatable.body} `]) {
      await expect(repeatedSignIn(engine.deps, { ...repeatable, body })).rejects.toMatchObject({
        code: "idempotency_key_reused",
        status: 422,
      });
    }
  });

  test("is of its app and endpoint alone", async () => {
    const repeatable = newRequest();
    await engine.signIn({ repeatable });
    expect(await repeatedSignIn(engine.deps, { ...repeatable, scope: "other" })).toBeNull();
    expect(await repeatedSignIn(engine.deps, newRequest())).toBeNull();
    expect(await repeatedSignIn(engine.deps, null)).toBeNull();
  });

  test("answers with the session as it is now: moved on, or no more at all", async () => {
    const own = await openEngine({ settings: { refreshWindow: 0 } });
    const repeatable = newRequest();
    const { refreshToken } = await own.signIn({ repeatable });
    const next = tokenOf(await own.refresh(refreshToken));
    expect((await repeatedSignIn(own.deps, repeatable))?.refreshToken).toBe(next);
    await own.logout({ refreshToken });
    expect(await repeatedSignIn(own.deps, repeatable)).toBeNull();
    await own.close();
  });

  test("sent twice at once begins one session, and both get its token", async () => {
    for (let round = 0; round < 5; round++) {
      const repeatable = newRequest();
      const account = newEmail();
      const code = await storeCode(engine.world.store, newCode(engine.app.id));
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => engine.signIn({ account, repeatable, codeId: code.id })),
      );
      expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
      expect(new Set(answers.map(({ session }) => session.id)).size).toBe(1);
    }
  });

  test("sent at once with another request is refused, and one session begins", async () => {
    const repeatable = newRequest();
    const other = { ...repeatable, body: "{}" };
    const results = await Promise.allSettled([
      engine.signIn({ repeatable }),
      engine.signIn({ repeatable: other }),
    ]);
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused.map(({ reason }) => (reason as { code?: string }).code)).toEqual([
      "idempotency_key_reused",
    ]);
  });
});

describe("what is kept for a repeat", () => {
  const master = openMasterKey("a master key of 32 or more characters");

  test("opens with the master key and the very request, and with nothing less", async () => {
    const request = newRequest();
    const kept = await sealReplay(master, request, { sid: "sid", r: "secret" });
    expect(JSON.stringify(kept)).not.toContain("secret");
    expect(await openReplay(master, request, kept.sealedAnswer)).toEqual({
      sid: "sid",
      r: "secret",
    });
    for (const changes of [{ body: "" }, { scope: "" }, { idempotencyKey: "other" }]) {
      expect(await openReplay(master, { ...request, ...changes }, kept.sealedAnswer)).toBeNull();
    }
    const thief = openMasterKey("another key of 32 or more characters");
    expect(await openReplay(thief, request, kept.sealedAnswer)).toBeNull();
    for (const sealed of ["", "%", kept.sealedAnswer.slice(1), `${kept.sealedAnswer}AA`]) {
      expect(await openReplay(master, request, sealed)).toBeNull();
    }
  });

  test("does not mix up where one part of the request ends and the next begins", async () => {
    const one = newRequest({ idempotencyKey: "ab", scope: "c", body: "d" });
    const two = newRequest({ idempotencyKey: "a", scope: "bc", body: "d" });
    const kept = await sealReplay(master, one, { sid: "sid", r: "secret" });
    expect(kept.id).not.toBe((await sealReplay(master, two, { sid: "sid", r: "secret" })).id);
    expect(await openReplay(master, two, kept.sealedAnswer)).toBeNull();
  });
});
