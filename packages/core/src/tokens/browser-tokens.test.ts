import fc from "fast-check";
import * as jose from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { crypto, type MaybePromise, type PrivateJwk, type VerifyingKey } from "../crypto/index.ts";
import {
  mintAccessToken,
  mintIdentityToken,
  mintSessionServerToken,
  SESSION_SERVER_AUDIENCE,
  type Verification,
  type VerifyOptions,
  verifyAccessToken,
  verifyIdentityToken,
  verifySessionServerToken,
} from "./browser-tokens.ts";
import { decodeJwt, type JwtSigner, signJwt } from "./jwt.ts";

const APP = "cm0app00000000000000000a1";
const OTHER_APP = "cm0app00000000000000000b2";
const USER = "did:privy:cm0user000000000000000001";
const ISSUED = 1_800_000_000;
const EXPIRES = ISSUED + 3_600;

const session = {
  appId: APP,
  userId: USER,
  sessionId: "session-1",
  issuedAt: ISSUED,
  expiresAt: EXPIRES,
};
const identity = {
  appId: APP,
  userId: USER,
  issuedAt: ISSUED,
  expiresAt: EXPIRES,
  createdAt: ISSUED - 1_000,
  linkedAccounts: [
    { type: "email", address: "ada@example.com", lv: ISSUED - 500 },
    { type: "phone", phone_number: "+15555550100", lv: ISSUED - 400 },
    { type: "custom_auth", custom_user_id: "42", lv: null },
  ],
};

let jwk: PrivateJwk;
let signer: JwtSigner;
let otherSigner: JwtSigner;
let options: VerifyOptions;
const keys = new Map<string, VerifyingKey>();

async function newSigner(kid: string, key: PrivateJwk): Promise<JwtSigner> {
  keys.set(kid, await crypto.importEs256Public(key));
  return { kid, privateKey: await crypto.importEs256Private(key) };
}

beforeAll(async () => {
  jwk = await crypto.generateEs256();
  signer = await newSigner("key-1", jwk);
  otherSigner = await newSigner("key-2", await crypto.generateEs256());
  options = { appId: APP, now: ISSUED + 10, keyFor: (kid) => keys.get(kid) };
});

const at = (now: number, more: Partial<VerifyOptions> = {}) => ({ ...options, now, ...more });
const claimsOf = (token: string) => decodeJwt(token)?.payload;

describe("what is minted", () => {
  it("gives the access token exactly the claims of the protocol", async () => {
    expect(claimsOf(await mintAccessToken(session, signer))).toEqual({
      sid: "session-1",
      sub: USER,
      iss: "privy.io",
      aud: APP,
      iat: ISSUED,
      exp: EXPIRES,
    });
  });

  it("gives the session-server token its own audience and the app id as aid", async () => {
    expect(claimsOf(await mintSessionServerToken(session, signer))).toEqual({
      aid: APP,
      sid: "session-1",
      sub: USER,
      iss: "privy.io",
      aud: "privy-session-server",
      iat: ISSUED,
      exp: EXPIRES,
    });
  });

  it("gives the identity token accounts and metadata as JSON text, and no sid", async () => {
    const token = await mintIdentityToken(
      { ...identity, customMetadata: { plan: "pro" }, isGuest: true },
      signer,
    );
    expect(claimsOf(token)).toEqual({
      sub: USER,
      iss: "privy.io",
      aud: APP,
      iat: ISSUED,
      exp: EXPIRES,
      cr: String(ISSUED - 1_000),
      linked_accounts: JSON.stringify(identity.linkedAccounts),
      custom_metadata: '{"plan":"pro"}',
      guest: "t",
    });
    const plain = claimsOf(await mintIdentityToken(identity, signer));
    expect(Object.keys(plain ?? {})).toEqual(
      expect.not.arrayContaining(["custom_metadata", "guest", "sid"]),
    );
  });

  it("passes jose with algorithm, type, issuer and audience pinned", async () => {
    const key = await jose.importJWK({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, "ES256");
    const minted = [
      [await mintAccessToken(session, signer), APP],
      [await mintSessionServerToken(session, signer), SESSION_SERVER_AUDIENCE],
      [await mintIdentityToken(identity, signer), APP],
    ] as const;
    for (const [token, audience] of minted) {
      const { payload } = await jose.jwtVerify(token, key, {
        algorithms: ["ES256"],
        typ: "JWT",
        issuer: "privy.io",
        audience,
        currentDate: new Date((ISSUED + 10) * 1000),
      });
      expect(payload).toEqual(claimsOf(token));
    }
  });

  it.each([
    [{ ...session, issuedAt: 0.5 }, /issuedAt must be whole seconds/],
    [{ ...session, expiresAt: Number.NaN }, /expiresAt must be whole seconds/],
    [{ ...session, userId: "user_1" }, /did:privy:/],
    [{ ...session, userId: "did:privy:" }, /did:privy:/],
    [{ ...session, appId: "" }, /appId/],
    [{ ...session, appId: SESSION_SERVER_AUDIENCE }, /appId/],
  ])("refuses misuse with a TypeError that names it: %j", async (subject, message) => {
    await expect(mintAccessToken(subject, signer)).rejects.toThrow(TypeError);
    await expect(mintAccessToken(subject, signer)).rejects.toThrow(message);
  });
});

type Verifier = (token: string, options: VerifyOptions) => Promise<Verification<object>>;
const kinds: Record<string, { verify: Verifier; mint: (appId: string) => Promise<string> }> = {
  "access token": {
    verify: verifyAccessToken,
    mint: (appId) => mintAccessToken({ ...session, appId }, signer),
  },
  "session-server token": {
    verify: verifySessionServerToken,
    mint: (appId) => mintSessionServerToken({ ...session, appId }, signer),
  },
  "identity token": {
    verify: verifyIdentityToken,
    mint: (appId) => mintIdentityToken({ ...identity, appId }, signer),
  },
};
/** Tokens of the other protocol and of anyone else's making, under a key that is known here. */
const foreign: Record<string, () => MaybePromise<string>> = {
  "app-server access token": () =>
    signJwt(
      {
        iss: `https://id.example/user_management/${APP}`,
        sub: "user_1",
        sid: "session_1",
        jti: "1",
        iat: ISSUED,
        exp: EXPIRES,
      },
      signer,
    ),
  "token with typ at+jwt": () =>
    signJwt(commonClaims({ sid: "s", cr: "1", linked_accounts: "[]" }), signer, "at+jwt"),
  "logout token": () =>
    signJwt(commonClaims({ sid: "s", events: {}, jti: "1" }), signer, "logout+jwt"),
};

function commonClaims(more: object): object {
  return { iss: "privy.io", aud: APP, sub: USER, iat: ISSUED, exp: EXPIRES, ...more };
}

describe("R7 full matrix: a token of one kind or app is refused by every other verifier", () => {
  const names = Object.keys(kinds);
  const pairs = names.flatMap((minted) => names.map((verified) => [minted, verified] as const));

  it.each(pairs)("%s before the verifier of the %s (ASVS 9.2.2)", async (minted, verified) => {
    const token = await kinds[minted]?.mint(APP);
    const verdict = await kinds[verified]?.verify(token as string, options);
    expect(verdict?.ok).toBe(minted === verified);
  });

  it.each(pairs)(
    "%s of another app before the verifier of the %s (ASVS 9.2.3)",
    async (minted, verified) => {
      const token = await kinds[minted]?.mint(OTHER_APP);
      expect((await kinds[verified]?.verify(token as string, options))?.ok).toBe(false);
    },
  );

  it.each(
    Object.keys(foreign).flatMap((minted) => names.map((verified) => [minted, verified] as const)),
  )("%s before the verifier of the %s", async (minted, verified) => {
    const token = await foreign[minted]?.();
    expect((await kinds[verified]?.verify(token as string, options))?.ok).toBe(false);
  });

  it("cannot be undone by an app that is named like the session server", async () => {
    const token = await mintSessionServerToken(session, signer);
    const confused = at(ISSUED, { appId: SESSION_SERVER_AUDIENCE });
    await expect(verifyAccessToken(token, confused)).rejects.toThrow(TypeError);
  });
});

describe.each(Object.entries(kinds))("the verifier of the %s", (_name, { mint, verify }) => {
  it("answers with the claims of an authentic token", async () => {
    const token = await mint(APP);
    expect(await verify(token, options)).toEqual({ ok: true, claims: claimsOf(token) });
  });

  it("says expired from exp on, with the claims, and only of an authentic token (ASVS 9.2.1)", async () => {
    const token = await mint(APP);
    expect((await verify(token, at(EXPIRES - 1))).ok).toBe(true);
    expect(await verify(token, at(EXPIRES))).toEqual({
      ok: false,
      reason: "expired",
      claims: claimsOf(token),
    });
    const forged = token.slice(0, -86) + "A".repeat(86);
    expect(await verify(forged, at(EXPIRES))).toEqual({ ok: false, reason: "bad_signature" });
  });

  it("allows for clocks that are apart by no more than the tolerance", async () => {
    const token = await mint(APP);
    const tolerant = { clockToleranceSeconds: 5 };
    expect((await verify(token, at(EXPIRES + 4, tolerant))).ok).toBe(true);
    expect((await verify(token, at(EXPIRES + 5, tolerant))).ok).toBe(false);
  });

  it("accepts a token from a clock ahead of ours: iat is no bound (RFC 7519 section 4.1.6)", async () => {
    expect((await verify(await mint(APP), at(ISSUED - 30))).ok).toBe(true);
  });

  it("heeds nbf where a token has one", async () => {
    const claims = { ...claimsOf(await mint(APP)), nbf: ISSUED + 60 };
    const token = await signJwt(claims, signer);
    expect(await verify(token, at(ISSUED + 59))).toEqual({ ok: false, reason: "not_yet_valid" });
    expect((await verify(token, at(ISSUED + 60))).ok).toBe(true);
    expect((await verify(token, at(ISSUED + 55, { clockToleranceSeconds: 5 }))).ok).toBe(true);
  });

  it("refuses a token with any one byte of any part changed", async () => {
    const parts = (await mint(APP)).split(".");
    const change = fc.record({
      part: fc.nat(2),
      position: fc.nat(),
      flip: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ part, position, flip }) => {
        const bytes = Buffer.from(parts[part] as string, "base64url");
        const i = position % bytes.length;
        bytes[i] = (bytes[i] as number) ^ flip;
        const changed = parts.with(part, bytes.toString("base64url")).join(".");
        expect((await verify(changed, options)).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("names what is wrong before it looks for a key", async () => {
    const valid = claimsOf(await mint(APP)) as Record<string, unknown>;
    const keyFor = () => {
      throw new Error("No key may be asked for.");
    };
    const verdict = async (claims: object, typ?: string) =>
      verify(await signJwt(claims, signer, typ), at(ISSUED, { keyFor }));
    expect(await verdict({ ...valid, iss: "privy.io/" })).toMatchObject({ reason: "wrong_issuer" });
    expect(await verdict({ ...valid, aud: [valid.aud] })).toMatchObject({
      reason: "wrong_audience",
      claim: "aud",
    });
    expect(await verdict({ ...valid, aud: undefined })).toMatchObject({ reason: "wrong_audience" });
    expect(await verdict(valid, "jwt")).toMatchObject({ reason: "wrong_type" });
    expect(await verify("a.b.c", at(ISSUED, { keyFor }))).toEqual({
      ok: false,
      reason: "malformed",
    });
    for (const sub of [undefined, "", "user_1", "did:privy:", "did:privy:a b", 7]) {
      expect(await verdict({ ...valid, sub })).toMatchObject({
        reason: "missing_claim",
        claim: "sub",
      });
    }
    for (const [claim, bad] of [
      ["exp", undefined],
      ["exp", String(EXPIRES)],
      ["exp", null],
      ["iat", undefined],
      ["iat", "now"],
      ["nbf", "now"],
    ] as const) {
      expect(await verdict({ ...valid, [claim]: bad })).toMatchObject({
        reason: "missing_claim",
        claim,
      });
    }
  });

  it("tells an unknown key from a signature by another key", async () => {
    const valid = claimsOf(await mint(APP)) as object;
    const unknown = await signJwt(valid, { ...signer, kid: "key-9" });
    expect(await verify(unknown, options)).toEqual({ ok: false, reason: "unknown_key" });
    const nameless = await signJwt(valid, { ...signer, kid: "" });
    expect(await verify(nameless, options)).toEqual({ ok: false, reason: "unknown_key" });
    const wrong = await signJwt(valid, { ...otherSigner, kid: "key-1" });
    expect(await verify(wrong, options)).toEqual({ ok: false, reason: "bad_signature" });
  });

  it("lets a failing key source fail: that is no verdict on the token (R5)", async () => {
    const keyFor = () => Promise.reject(new Error("The key server is down."));
    await expect(verify(await mint(APP), at(ISSUED, { keyFor }))).rejects.toThrow("is down");
  });

  it("refuses a clock that is no number rather than never expire", async () => {
    const token = await mint(APP);
    await expect(verify(token, at(Number.NaN))).rejects.toThrow(TypeError);
    const tolerance = { clockToleranceSeconds: Number.NaN };
    await expect(verify(token, at(ISSUED, tolerance))).rejects.toThrow(TypeError);
  });
});

it.each([
  [verifyAccessToken, mintAccessToken],
  [verifySessionServerToken, mintSessionServerToken],
])("R7 sid is required where a session is claimed", async (verify, mint) => {
  const valid = claimsOf(await mint(session, signer)) as object;
  for (const sid of [undefined, "", 7, null]) {
    expect(await verify(await signJwt({ ...valid, sid }, signer), options)).toEqual({
      ok: false,
      reason: "missing_claim",
      claim: "sid",
    });
  }
});

it("refuses a session-server token for another app by its aid", async () => {
  const token = await mintSessionServerToken({ ...session, appId: OTHER_APP }, signer);
  expect(await verifySessionServerToken(token, options)).toEqual({
    ok: false,
    reason: "wrong_audience",
    claim: "aid",
  });
});
