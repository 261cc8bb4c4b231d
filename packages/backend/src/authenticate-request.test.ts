import { beforeEach, describe, expect, it } from "vitest";
import {
  createSessionServer,
  type SessionServer,
  START,
  USER_ID,
} from "../test-support/session-server.ts";
import type { LatchkeyBackend } from "./index.ts";

let server: SessionServer;
let backend: LatchkeyBackend;
let token: string;

beforeEach(async () => {
  server = createSessionServer();
  await server.publish("key-1");
  backend = server.backend();
  token = await server.accessToken();
});

const request = (headers: Record<string, string>) =>
  new Request("https://app.example.com/", { headers });
const authenticate = (headers: Record<string, string>) =>
  backend.authenticateRequest(request(headers));

describe("a valid token", () => {
  it("signs in from the cookie, with user, session and times", async () => {
    expect(await authenticate({ cookie: `a=b; privy-token=${token}; privy-session=t` })).toEqual({
      status: "signed_in",
      userId: USER_ID,
      sessionId: "session-1",
      issuedAt: START / 1_000,
      expiresAt: START / 1_000 + 3_600,
      token,
    });
  });

  it.each(["Bearer", "bearer", "BEARER  "])("signs in from Authorization: %s", async (scheme) => {
    expect(await authenticate({ authorization: `${scheme} ${token}` })).toMatchObject({
      status: "signed_in",
      token,
    });
  });

  it("answers with an object that no caller can change for the next", async () => {
    const result = await authenticate({ cookie: `privy-token=${token}` });
    expect(Object.isFrozen(result)).toBe(true);
    expect(await authenticate({ cookie: `privy-token=${token}` })).toBe(result);
  });

  it("is found in req of node:http, whose headers are a plain object", async () => {
    for (const headers of [
      { cookie: `privy-token=${token}` },
      { authorization: `Bearer ${token}`, host: undefined },
      { cookie: ["a=b", `privy-token=${token}`] },
    ]) {
      expect((await backend.authenticateRequest({ headers })).status).toBe("signed_in");
    }
  });

  it("is found on the second of several Cookie lines", async () => {
    const headers = new Headers([
      ["cookie", "a=b"],
      ["cookie", `privy-token=${token}`],
    ]);
    expect((await backend.authenticateRequest({ headers })).status).toBe("signed_in");
  });

  it("is read from the cookie names that were configured", async () => {
    backend = server.backend({ cookieName: "app-token", sessionCookieName: "app-session" });
    expect((await authenticate({ cookie: `app-token=${token}` })).status).toBe("signed_in");
    expect(await authenticate({ cookie: `privy-token=${token}; app-session=t` })).toEqual({
      status: "signed_out",
      reason: "no_token",
      mayRefresh: true,
    });
  });
});

describe("which token counts", () => {
  it("the Bearer header decides alone, even when the cookie would be valid", async () => {
    const other = await server.accessToken("key-1", { sessionId: "session-2" });
    const both = { authorization: `Bearer ${other}`, cookie: `privy-token=${token}` };
    expect(await authenticate(both)).toMatchObject({ sessionId: "session-2" });
    for (const useless of [
      "Bearer null",
      "Bearer",
      "Bearer ",
      `Bearer ${token}, Bearer ${other}`,
    ]) {
      expect(await authenticate({ ...both, authorization: useless })).toEqual({
        status: "signed_out",
        reason: "invalid",
        detail: "malformed",
        mayRefresh: false,
      });
    }
  });

  it("another scheme says nothing of the session: the cookie counts", async () => {
    const headers = { authorization: "Basic dXNlcjpwYXNz", cookie: `privy-token=${token}` };
    expect((await authenticate(headers)).status).toBe("signed_in");
  });

  it("two cookies of the name with different values are refused, in any order", async () => {
    const other = await server.accessToken("key-1", { sessionId: "attackers" });
    for (const cookie of [
      `privy-token=${token}; privy-token=${other}`,
      `privy-token=${other}; x=y; privy-token=${token}; privy-session=t`,
      `privy-token=${token}; privy-token=garbage`,
    ]) {
      expect(await authenticate({ cookie })).toEqual({
        status: "signed_out",
        reason: "invalid",
        detail: "ambiguous_cookie",
        mayRefresh: false,
      });
    }
    const twice = { cookie: `privy-token=${token}; privy-token=${token}` };
    expect((await authenticate(twice)).status).toBe("signed_in");
  });
});

describe("mayRefresh", () => {
  it("is true exactly when the browser says that it has a session", async () => {
    const expired = await server.accessToken("key-1", { expiresAt: START / 1_000 - 1 });
    for (const cookie of ["", `privy-token=${expired}; `, "privy-token=x; "]) {
      expect(await authenticate({ cookie: `${cookie}privy-session=t` })).toMatchObject({
        status: "signed_out",
        mayRefresh: true,
      });
      for (const hint of ["privy-session=", "privy-session", "xprivy-session=t", ""]) {
        expect(await authenticate({ cookie: `${cookie}${hint}` })).toMatchObject({
          status: "signed_out",
          mayRefresh: false,
        });
      }
    }
  });

  it("comes with the reason: no token, expired, or invalid", async () => {
    const expired = await server.accessToken("key-1", { expiresAt: START / 1_000 });
    expect(await authenticate({})).toMatchObject({ reason: "no_token" });
    expect(await authenticate({ cookie: "privy-token=" })).toMatchObject({ reason: "no_token" });
    expect(await authenticate({ cookie: `privy-token=${expired}` })).toMatchObject({
      reason: "expired",
    });
    expect(await authenticate({ cookie: "privy-token=a.b.c" })).toMatchObject({
      reason: "invalid",
      detail: "malformed",
    });
  });
});

describe("R7 nothing else signs in", () => {
  it("refuses the other kinds of token and the tokens of other apps", async () => {
    const wrong = [
      [await server.sessionServerToken(), "wrong_audience"],
      [await server.identityToken(), "missing_claim"],
      [await server.accessToken("key-1", { appId: "another" }), "wrong_audience"],
      [await server.accessToken("key-9"), "unknown_key"],
    ] as const;
    for (const [cookie, detail] of wrong) {
      expect(await authenticate({ cookie: `privy-token=${cookie}` })).toMatchObject({
        status: "signed_out",
        reason: "invalid",
        detail,
      });
    }
  });

  it("refuses a token with any one character changed, and remembers none of them", async () => {
    expect((await backend.verifyAccessToken(token)).status).toBe("signed_in");
    for (let i = 0; i < token.length; i++) {
      const changed = token.slice(0, i) + (token[i] === "A" ? "B" : "A") + token.slice(i + 1);
      expect((await backend.verifyAccessToken(changed)).status).not.toBe("signed_in");
      expect((await backend.verifyAccessToken(changed)).status).not.toBe("signed_in");
    }
  });
});

describe("misuse", () => {
  it("is a TypeError that says what to pass", async () => {
    const misused = backend as unknown as Record<string, (input?: unknown) => Promise<unknown>>;
    await expect(misused.authenticateRequest?.()).rejects.toThrow(/takes the Request/);
    await expect(misused.authenticateRequest?.("/")).rejects.toThrow(TypeError);
    await expect(misused.verifyAccessToken?.()).rejects.toThrow(/token as a string/);
  });

  it("does not include a configured key that is none", async () => {
    expect(() => server.backend({ serverUrl: undefined, verificationKey: "x" })).toThrow(TypeError);
  });
});

it("needs no network with a configured key, whatever the kid", async () => {
  const verificationKey = await server.pem("key-1");
  backend = server.backend({ serverUrl: undefined, verificationKey });
  expect((await authenticate({ cookie: `privy-token=${token}` })).status).toBe("signed_in");
  expect((await authenticate({ cookie: `privy-token=${token}` })).status).toBe("signed_in");
  const forged = await server.accessToken("key-2");
  expect(await authenticate({ cookie: `privy-token=${forged}` })).toMatchObject({
    detail: "bad_signature",
  });
  expect(server.requests).toBe(0);
});

it("tells apart two backends in one process", async () => {
  const other = server.backend({ appId: "another" });
  server.fail(async () => Response.json(server.jwks()));
  const theirs = await server.accessToken("key-1", { appId: "another" });
  expect((await other.verifyAccessToken(theirs)).status).toBe("signed_in");
  expect((await backend.verifyAccessToken(theirs)).status).toBe("signed_out");
  expect((await other.verifyAccessToken(token)).status).toBe("signed_out");
});
