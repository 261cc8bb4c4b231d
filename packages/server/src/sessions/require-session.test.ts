import { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import {
  mintAccessToken,
  mintIdentityToken,
  mintSessionServerToken,
} from "@latchkey/core/tokens/browser-tokens";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../apps/app-directory.ts";
import { addSigningKey, openSigningKeys, type SigningKeys } from "../keys/signing-keys.ts";
import { HOUR, MINUTE } from "../storage/testing/samples.ts";
import { type BearerDeps, provenSid, requireSession } from "./bearer.ts";
import { authenticatedUser } from "./browser-answer.ts";
import { type Engine, openEngine } from "./testing/engine.ts";

let engine: Engine;
let signingKeys: SigningKeys;
let deps: BearerDeps;
beforeAll(async () => {
  engine = await openEngine();
  const { store, now } = engine.world;
  signingKeys = openSigningKeys(store.keys, engine.deps.master, now);
  deps = { store, signingKeys, now };
});
afterAll(() => engine.close());

async function begin(app: App = engine.app, settings = engine.policy) {
  const signedIn = await engine.signIn({ app, policy: settings });
  const input = { app, policy: settings, ...signedIn };
  const { token, privy_access_token } = await authenticatedUser(signingKeys, input);
  return { ...signedIn, token: token ?? "", serverToken: privy_access_token ?? "" };
}
const expOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { exp: number })
    .exp;
const refusal = (token: string | null, app = engine.app) =>
  requireSession(deps, app, token).then(
    () => "accepted",
    (error: { code: string; reason?: string }) => error.code,
  );

describe("the session behind a Bearer token (R5)", () => {
  test("is answered for a good token of either audience", async () => {
    const { token, serverToken, session, user } = await begin();
    for (const each of [token, serverToken]) {
      expect(await requireSession(deps, engine.app, each)).toMatchObject({ session, user });
    }
  });

  test("is not spoken of by a missing, bad, foreign or expired token: nobody clears it on those", async () => {
    const { token } = await begin();
    const other = await engine.newApp();
    expect(await refusal(null)).toBe("missing_access_token");
    for (const bad of ["", "x", "a.b.c", `${token}A`, token.replace(/\.[^.]+$/, ".")]) {
      expect(await refusal(bad)).toBe("invalid_access_token");
    }
    expect(await refusal(token, other)).toBe("invalid_access_token");
    await engine.step(HOUR);
    expect(await refusal(token)).toBe("access_token_expired");
    for (const code of ["missing_access_token", "invalid_access_token", "access_token_expired"]) {
      expect(code).not.toBe(TERMINAL_CODE);
    }
  });

  test("is asked for anew each time the same token comes: expiry, app, key and session all count still", async () => {
    const own = await openEngine();
    const { store, now } = own.world;
    const keys = openSigningKeys(store.keys, own.deps.master, now);
    const using = { store, signingKeys: keys, now };
    const twice = async (token: string, app = own.app) => {
      const ask = () =>
        requireSession(using, app, token).then(
          ({ session }) => session.id,
          (error: { code: string; reason?: string }) => error.reason ?? error.code,
        );
      const answers = [await ask(), await ask()];
      expect(new Set(answers).size).toBe(1);
      return answers[0];
    };
    const mint = async () => {
      const signedIn = await own.signIn();
      const input = { app: own.app, policy: own.policy, ...signedIn };
      const { token = "" } = await authenticatedUser(keys, input);
      return { token: token ?? "", sid: signedIn.session.id };
    };
    const [first, second] = [await mint(), await mint()];
    for (const { token, sid } of [first, second, first]) expect(await twice(token)).toBe(sid);
    const other = await own.newApp();
    expect(await twice(first.token, other)).not.toBe(first.sid);
    await store.sessions.end(first.sid, "revoked");
    expect(await twice(first.token)).toBe("revoked");
    await own.step((own.policy.accessTokenTtl - 1) * 1000);
    expect(await twice(second.token)).toBe(second.sid);
    await own.step(1000);
    expect(await twice(second.token)).toBe("expired");
    const third = await mint();
    expect(await twice(third.token)).toBe(third.sid);
    await addSigningKey(store.keys, own.deps.master, own.app.id, "browser", {
      leadMs: 0,
      overlapMs: 0,
    });
    await own.step(2 * MINUTE);
    expect(await twice(third.token)).toBe("unknown_key");
    await own.close();
  });

  test("takes no identity token, and no token without a session (R7)", async () => {
    const { user } = await begin();
    const { current } = await signingKeys.of(engine.app.id, "browser");
    const issuedAt = Math.floor(engine.now() / 1000);
    const times = { issuedAt, expiresAt: issuedAt + 600 };
    const identity = await mintIdentityToken(
      {
        appId: engine.app.id,
        userId: `did:privy:${user.id}`,
        ...times,
        createdAt: issuedAt,
        linkedAccounts: [],
        customMetadata: undefined,
        isGuest: false,
      },
      current,
    );
    expect(await refusal(identity)).toBe("invalid_access_token");
    expect(await provenSid(deps, engine.app, identity)).toBeNull();
  });

  test("is over once it was ended, whatever the token still says", async () => {
    const { token, session } = await begin();
    await engine.world.store.sessions.end(session.id, "revoked");
    await expect(requireSession(deps, engine.app, token)).rejects.toMatchObject({
      code: TERMINAL_CODE,
      reason: "revoked",
      status: 401,
    });
    const { token: deleted, user } = await begin();
    await engine.world.store.users.delete(engine.app.id, user.id);
    await expect(requireSession(deps, engine.app, deleted)).rejects.toMatchObject({
      reason: "user_deleted",
    });
  });

  test("is 503 while the database has no record of it (R9)", async () => {
    const { token, session } = await begin();
    const { db } = engine.world;
    await db.write(db.build.deleteFrom("sessions").where("id", "=", session.id));
    await expect(requireSession(deps, engine.app, token)).rejects.toMatchObject({
      code: "session_state_lost",
      status: 503,
    });
  });
});

describe("a token outlives neither its lifetime nor its session", () => {
  test("nor the moment at which its session idles out unless it is refreshed before", async () => {
    const app = await engine.newApp({ idleLifetime: 300, sessionLifetime: 86_400 });
    const policy = {
      ...engine.policy,
      accessTokenTtl: 3600,
      lifetimeMs: 86_400_000,
      idleMs: 300_000,
    };
    const { token, session } = await begin(app, policy);
    expect(expOf(token)).toBe(Math.ceil(session.idleExpiresAt / 1000));
    const short = { ...engine.policy, lifetimeMs: 2 * MINUTE, idleMs: 2 * MINUTE };
    const { token: last, session: brief } = await begin(engine.app, short);
    expect(expOf(last)).toBe(brief.absoluteExpiresAt / 1000);
    const { token: usual } = await begin();
    expect(expOf(usual)).toBe(Math.floor(engine.now() / 1000) + engine.policy.accessTokenTtl);
  });
});

describe("the sid that a token proves, for signing out (R6)", () => {
  test("is that of a correctly signed one, expired or not", async () => {
    const { token, serverToken, session } = await begin();
    await engine.step(5 * HOUR);
    for (const each of [token, serverToken]) {
      expect(await provenSid(deps, engine.app, each)).toBe(session.id);
    }
  });

  test("is none for one of another app, another key or another shape", async () => {
    const { token, session } = await begin();
    const other = await engine.newApp();
    expect(await provenSid(deps, other, token)).toBeNull();
    const { current: foreignKey } = await signingKeys.of(other.id, "browser");
    const issuedAt = Math.floor(engine.now() / 1000);
    const subject = {
      appId: engine.app.id,
      userId: "did:privy:u",
      sessionId: session.id,
      issuedAt,
      expiresAt: issuedAt + 600,
    };
    for (const forged of [
      await mintAccessToken(subject, foreignKey),
      await mintSessionServerToken(subject, foreignKey),
      `${token}A`,
      "",
      "a.b.c",
    ]) {
      expect(await provenSid(deps, engine.app, forged)).toBeNull();
    }
  });
});
