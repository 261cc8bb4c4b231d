import { formatRefreshToken, parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MINUTE } from "../storage/testing/samples.ts";
import { logout } from "./logout.ts";
import { type Engine, openEngine, tokenOf } from "./testing/engine.ts";
import { watchStore } from "./testing/watched-store.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const over = { kind: "terminal", reason: "logout" };

/** A session that has moved `times`, with all of its tokens. */
async function moved(times: number): Promise<{ tokens: string[]; sid: string }> {
  const { refreshToken, session } = await engine.signIn();
  const tokens = [refreshToken];
  for (let count = 0; count < times; count++) {
    await engine.step(3 * MINUTE);
    tokens.push(tokenOf(await engine.refresh(tokens.at(-1) ?? "")));
  }
  return { tokens, sid: session.id };
}

describe("R6 logout is final (ASVS 7.4.1)", () => {
  test("by any authentic generation, however old, and for every one of them", async () => {
    for (const presented of [0, 1, 2, 3]) {
      const { tokens } = await moved(3);
      expect(await engine.logout({ refreshToken: tokens[presented] ?? "" })).toBe("ended");
      for (const token of tokens) expect(await engine.refresh(token)).toEqual(over);
      await engine.step(10 * MINUTE);
      for (const token of tokens) expect(await engine.refresh(token)).toEqual(over);
    }
  });

  test("by a generation that the database has lost", async () => {
    const { tokens, sid } = await moved(0);
    const token = parseRefreshToken(tokens[0] ?? "");
    if (!token) throw new Error("no token");
    const { key } = await engine.deps.tokenKeys.find(token.kid);
    const newer = await formatRefreshToken({ ...token, generation: 12 }, key);
    expect(await engine.logout({ refreshToken: newer })).toBe("ended");
    expect(await engine.refresh(newer)).toEqual(over);
    expect((await engine.world.store.sessions.read(sid)).session?.endReason).toBe("logout");
  });

  test("by the sid of a signed token, with no or a foreign refresh token beside it", async () => {
    const [one, two] = [await moved(1), await moved(0)];
    const input = { provenSids: [one.sid], refreshToken: two.tokens[0] ?? null };
    expect(await engine.logout(input)).toBe("ended");
    expect(await engine.refresh(one.tokens[1] ?? "")).toEqual(over);
    expect(await engine.refresh(two.tokens[0] ?? "")).toEqual(over);
  });

  test("once ended a session stays ended for the reason it ended first", async () => {
    const { tokens, sid } = await moved(0);
    await engine.world.store.sessions.end(sid, "revoked");
    expect(await engine.logout({ refreshToken: tokens[0] ?? "" })).toBe("ended");
    expect(await engine.refresh(tokens[0] ?? "")).toEqual({ kind: "terminal", reason: "revoked" });
  });

  test("leaves the user's other sessions alone", async () => {
    const first = await engine.signIn();
    const account = first.user.accounts[0] ?? { type: "email", subject: "" };
    const second = await engine.signIn({ account });
    await engine.logout({ refreshToken: first.refreshToken });
    expect(await engine.refresh(second.refreshToken)).toMatchObject({ kind: "active" });
  });
});

describe("R6 and R9 logout of a session whose row a restore took", () => {
  const rowOf = (sid: string) => {
    const { db } = engine.world;
    return db.first(db.build.selectFrom("sessions").selectAll().where("id", "=", sid));
  };
  async function lose(sid: string) {
    const { db } = engine.world;
    const row = await rowOf(sid);
    await db.write(db.build.deleteFrom("sessions").where("id", "=", sid));
    return row;
  }
  /** As a later restore of what was lost puts it back, beside what is there. */
  async function putBack(row: Awaited<ReturnType<typeof lose>>) {
    const { db } = engine.world;
    if (!row) throw new Error("no row");
    await db.write(
      db.build
        .insertInto("sessions")
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    );
  }

  test("is as final as any, also when the row comes back", async () => {
    for (const proof of ["token", "sid", "both"]) {
      const { tokens, sid } = await moved(1);
      const refreshToken = proof === "sid" ? null : (tokens[0] ?? null);
      const row = await lose(sid);
      const input = { refreshToken, provenSids: proof === "token" ? [] : [sid] };
      expect(await engine.logout(input)).toBe("ended");
      for (const token of tokens) expect(await engine.refresh(token)).toEqual(over);
      await putBack(row);
      for (const token of tokens) expect(await engine.refresh(token)).toEqual(over);
      const events = await engine.world.store.sessions.events(sid);
      expect(events.filter(({ type }) => type === "logout")).toHaveLength(1);
      expect(await engine.logout(input)).toBe("ended");
    }
  });

  test("is kept for as long as the session might have lasted", async () => {
    const { tokens, sid } = await moved(0);
    const row = await lose(sid);
    await engine.logout({ refreshToken: tokens[0] ?? "" });
    expect((await rowOf(sid))?.absolute_expires_at).toBe(row?.absolute_expires_at);
  });
});

describe("R6 logout ends nothing that it is not proven to speak for", () => {
  test("not with another app or protocol: client_mismatch, whatever else was ended beside it", async () => {
    const app = await engine.newApp();
    for (const changes of [{ appId: app.id }, { protocol: "app_server" as const }]) {
      const { tokens, sid } = await moved(0);
      const refreshToken = tokens[0] ?? "";
      expect(await engine.logout({ refreshToken, ...changes })).toBe("client_mismatch");
      expect(await engine.logout({ provenSids: [sid], ...changes })).toBe("client_mismatch");
      expect(await engine.refresh(refreshToken)).toMatchObject({ kind: "active" });
    }
  });

  test("not with a token that is not authentic, and then without a word to the database (R1)", async () => {
    const { tokens } = await moved(0);
    const token = tokens[0] ?? "";
    const watched = watchStore(engine.world.store);
    const deps = engine.another(watched.store);
    await deps.tokenKeys.current();
    watched.calls.length = 0;
    for (const refreshToken of ["", "junk", `${token}A`, token.replace(".0.", ".1.")]) {
      const input = { appId: engine.app.id, protocol: "browser", provenSids: [] } as const;
      expect(await logout(deps, { ...input, refreshToken })).toBe("nothing_to_end");
    }
    expect(watched.calls).toEqual([]);
    expect(await engine.logout({})).toBe("nothing_to_end");
    expect(await engine.refresh(token)).toMatchObject({ kind: "active" });
  });

  test("under an unknown key it is 503: the client keeps asking until it is done", async () => {
    const { tokens } = await moved(0);
    const kid = parseRefreshToken(tokens[0] ?? "")?.kid ?? "";
    const refreshToken = (tokens[0] ?? "").replace(kid, "unknown-02");
    await expect(engine.logout({ refreshToken })).rejects.toMatchObject({ status: 503 });
  });
});
