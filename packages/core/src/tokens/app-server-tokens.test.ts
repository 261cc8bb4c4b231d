import { describe, expect, it } from "vitest";
import { crypto } from "../crypto/index.ts";
import {
  type AppServerTokenSubject,
  appServerIssuer,
  mintAppServerToken,
  verifyAppServerToken,
} from "./app-server-tokens.ts";
import {
  mintAccessToken,
  mintIdentityToken,
  mintSessionServerToken,
  verifyAccessToken,
  verifyIdentityToken,
  verifySessionServerToken,
} from "./browser-tokens.ts";
import { decodeJwt, type JwtSigner, signJwt } from "./jwt.ts";

const ORIGIN = "https://auth.example.com";
const NOW = 1_800_000_000;
const APP = "c".padEnd(25, "0");
const jwk = await crypto.generateEs256();
const signer: JwtSigner = { kid: "key-1", privateKey: await crypto.importEs256Private(jwk) };
const { d: _private, ...publicJwk } = jwk;
const key = await crypto.importEs256Public(publicJwk);
// The worst case: one key for everything, so that only the claims keep the tokens apart.
const keyFor = () => key;

const subject: AppServerTokenSubject = {
  origin: ORIGIN,
  clientId: "client_1",
  sub: "user_1",
  sid: "session-1",
  jti: "jti-1",
  iat: NOW,
  exp: NOW + 900,
};
const issuer = appServerIssuer(ORIGIN, "client_1");
const verify = (token: string, more = {}) =>
  verifyAppServerToken(token, { issuer, now: NOW, keyFor, ...more });

describe("R7 full matrix over both protocols: a token is good for its own verifier alone", async () => {
  const browser = { appId: APP, userId: "did:privy:1", issuedAt: NOW, expiresAt: NOW + 900 };
  const session = { ...browser, sessionId: "session-1" };
  const tokens: Record<string, string> = {
    access: await mintAccessToken(session, signer),
    "session server": await mintSessionServerToken(session, signer),
    identity: await mintIdentityToken({ ...browser, createdAt: NOW, linkedAccounts: [] }, signer),
    "app server": await mintAppServerToken(subject, signer),
    "app server of another client": await mintAppServerToken(
      { ...subject, clientId: "client_2" },
      signer,
    ),
    "app server of another origin": await mintAppServerToken(
      { ...subject, origin: "https://auth.example.org" },
      signer,
    ),
  };
  const options = { appId: APP, now: NOW, keyFor };
  const verifiers: Record<string, (token: string) => Promise<{ ok: boolean }>> = {
    access: (token) => verifyAccessToken(token, options),
    "session server": (token) => verifySessionServerToken(token, options),
    identity: (token) => verifyIdentityToken(token, options),
    "app server": (token) => verify(token),
    "app server of another client": (token) =>
      verify(token, { issuer: appServerIssuer(ORIGIN, "client_2") }),
    "app server of another origin": (token) =>
      verify(token, { issuer: appServerIssuer("https://auth.example.org", "client_1") }),
  };
  for (const [kind, token] of Object.entries(tokens)) {
    for (const [name, verifier] of Object.entries(verifiers)) {
      it(`${kind} token, ${name} verifier`, async () => {
        expect((await verifier(token)).ok).toBe(kind === name);
      });
    }
  }
});

it("carries what it was made with and leaves out what is undefined", async () => {
  const full = {
    org_id: "org_1",
    role: "admin",
    roles: ["admin"],
    permissions: ["a:b"],
    entitlements: ["x"],
    feature_flags: ["y"],
    auth_time: NOW - 5,
    act: { sub: "operator@example.com" },
  };
  const answer = await verify(await mintAppServerToken({ ...subject, ...full }, signer));
  expect(answer).toMatchObject({ ok: true, claims: { iss: issuer, ...full } });
  const bare = decodeJwt(await mintAppServerToken(subject, signer))?.payload ?? {};
  expect(Object.keys(bare).sort()).toEqual(["exp", "iat", "iss", "jti", "sid", "sub"]);
});

it("is over at exp, and says that only of an authentic token", async () => {
  const token = await mintAppServerToken(subject, signer);
  expect(await verify(token, { now: NOW + 899 })).toMatchObject({ ok: true });
  expect(await verify(token, { now: NOW + 900 })).toMatchObject({ ok: false, reason: "expired" });
  const other = await crypto.generateEs256();
  const forged = await signJwt(decodeJwt(token)?.payload ?? {}, {
    kid: "key-1",
    privateKey: await crypto.importEs256Private(other),
  });
  expect(await verify(forged, { now: NOW + 900 })).toEqual({ ok: false, reason: "bad_signature" });
});

it("is refused when a claim is missing or of another form", async () => {
  const good = decodeJwt(await mintAppServerToken(subject, signer))?.payload ?? {};
  const cases: readonly [string, unknown[]][] = [
    ["sub", [undefined, "", 7, "did:privy:1", "user_", "user_a b"]],
    ["sid", [undefined, "", 7]],
    ["jti", [undefined, ""]],
    ["exp", [undefined, "1", null]],
    ["roles", ["admin", [7], {}]],
    ["permissions", ["a"]],
    ["org_id", [7]],
    ["act", ["operator", { sub: 7 }, null]],
    ["auth_time", ["1"]],
  ];
  for (const [claim, values] of cases) {
    for (const value of values) {
      const token = await signJwt({ ...good, [claim]: value }, signer);
      expect(await verify(token), `${claim}: ${JSON.stringify(value)}`).toEqual({
        ok: false,
        reason: "missing_claim",
        claim,
      });
    }
  }
});

it("names what a caller got wrong", async () => {
  for (const origin of ["", "auth.example.com", `${ORIGIN}/`, `${ORIGIN}/path`]) {
    expect(() => appServerIssuer(origin, "client_1")).toThrow(TypeError);
  }
  expect(() => appServerIssuer(ORIGIN, "c1")).toThrow(TypeError);
  await expect(mintAppServerToken({ ...subject, sub: "did:privy:1" }, signer)).rejects.toThrow(
    /user_/,
  );
  await expect(mintAppServerToken({ ...subject, exp: 1.5 }, signer)).rejects.toThrow(
    /whole seconds/,
  );
  await expect(verify("x", { issuer: "" })).rejects.toThrow(TypeError);
});
