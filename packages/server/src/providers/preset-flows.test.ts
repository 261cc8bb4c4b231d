import { base64url } from "@latchkey/core/encoding";
import type { AuthenticatedUser, OAuthTokens } from "@latchkey/core/protocol/browser";
import { decodeJwt, exportJWK, exportPKCS8, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Answer, openPage, send } from "../http/testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "../http/testing/test-server.ts";
import type { OutboundFetch, OutboundRequest } from "../outbound/outbound-fetch.ts";
import { addProvider, type ProviderInput } from "./configure-provider.ts";
import { challengeOf, offer, returned } from "./testing/provider-world.ts";

/** What the outside answers, by address; it writes down what it was asked. */
type Outside = Record<string, (request: OutboundRequest) => unknown>;

let server: TestServer;
let outside: Outside;
let asked: Record<string, OutboundRequest>;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let appleKey: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  keys = await generateKeyPair("RS256");
  appleKey = await generateKeyPair("ES256", { extractable: true });
});
afterEach(() => server.close());

const outbound: OutboundFetch = async (url, request = {}) => {
  asked[url] = request;
  const answer = outside[url];
  return answer ? Response.json(await answer(request)) : new Response(null, { status: 404 });
};

/** Goes there and comes back with `code`; what the browser carried there, and where it ends up. */
async function signInBy(
  input: ProviderInput,
  world: (there: URLSearchParams) => Outside,
  form?: Record<string, string>,
): Promise<{ there: URL; answer: Answer }> {
  outside = {};
  asked = {};
  server = await openTestServer({ outbound });
  const app = await server.services.directory.find(server.app.id);
  if (!app) throw new TypeError("no app");
  const provider = await addProvider(server.services, app, { returnTokens: true, ...input });
  const page = openPage(server);
  const [verifier, stateCode] = ["V".repeat(48), "S".repeat(48)];
  outside = world(new URLSearchParams());
  const begun = await page.post("/oauth/init", {
    provider: provider.slug,
    redirect_to: `${ORIGIN}/`,
    code_challenge: await challengeOf(verifier),
    state_code: stateCode,
  });
  if (begun.status !== 200) throw new TypeError(begun.text);
  const there = new URL(begun.as<{ url: string }>().url);
  outside = world(there.searchParams);
  const state = there.searchParams.get("state") ?? "";
  const path = new URL(there.searchParams.get("redirect_uri") ?? "").pathname;
  const back = form
    ? await send(server.fetch, path, {
        method: "POST",
        body: new URLSearchParams({ state, code: "c", ...form }).toString(),
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin: there.origin,
          "sec-fetch-site": "cross-site",
        },
      })
    : await send(server.fetch, `${path}?state=${state}&code=c`);
  expect(back.status).toBe(form ? 303 : 302);
  const { code, error } = returned(back);
  expect(error).toBeNull();
  const answer = await page.post("/oauth/authenticate", offer(code, stateCode, verifier));
  return { there, answer };
}

const sent = (url: string) => new URLSearchParams(String(asked[url]?.body ?? ""));
const accounts = (answer: Answer) =>
  answer
    .as<AuthenticatedUser>()
    .user.linked_accounts.map(
      ({ verified_at, first_verified_at, latest_verified_at, ...rest }) => rest,
    );
const byType = (one: { type: string }, other: { type: string }) => (one.type < other.type ? -1 : 1);

/** A provider with discovery, whose ID token has these claims. */
function oidcOutside(issuer: string, claims: (there: URLSearchParams) => object) {
  const at = (path: string) => `${issuer.replace(/\/$/, "")}${path}`;
  return (there: URLSearchParams): Outside => ({
    [at("/.well-known/openid-configuration")]: () => ({
      issuer,
      authorization_endpoint: at("/authorize"),
      token_endpoint: at("/token"),
      jwks_uri: at("/keys"),
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    }),
    [at("/keys")]: async () => ({
      keys: [{ ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256" }],
    }),
    [at("/token")]: async () => ({
      access_token: "at",
      token_type: "Bearer",
      id_token: await new SignJWT({ iss: issuer, ...claims(there) })
        .setProtectedHeader({ alg: "RS256", kid: "k1" })
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(keys.privateKey),
    }),
  });
}

describe("providers without ID tokens", () => {
  test("GitHub: profile, and the address that is primary and verified", async () => {
    const { there, answer } = await signInBy(
      { preset: "github", clientId: "gh", clientSecret: "secret" },
      () => ({
        "https://github.com/login/oauth/access_token": () => ({
          access_token: "gho_x",
          token_type: "bearer",
          scope: "read:user,user:email",
        }),
        "https://api.github.com/user": () => ({
          id: 583231,
          login: "ada",
          name: "Ada",
          email: null,
        }),
        "https://api.github.com/user/emails": () => [
          { email: "old@example.com", primary: false, verified: true },
          { email: "Ada@Example.com", primary: true, verified: true },
        ],
      }),
    );
    expect(`${there.origin}${there.pathname}`).toBe("https://github.com/login/oauth/authorize");
    expect(there.searchParams.get("code_challenge_method")).toBe("S256");
    expect(there.searchParams.get("redirect_uri")).toBe(
      "https://sessions.example.com/api/v1/oauth/callback",
    );
    const token = sent("https://github.com/login/oauth/access_token");
    expect(Object.fromEntries(token)).toMatchObject({ client_id: "gh", client_secret: "secret" });
    expect(base64url(new Uint8Array(32))).toHaveLength(token.get("code_verifier")?.length ?? 0);
    expect(accounts(answer).sort(byType)).toEqual([
      { type: "email", address: "ada@example.com" },
      {
        type: "github_oauth",
        subject: "583231",
        username: "ada",
        name: "Ada",
        email: "ada@example.com",
      },
    ]);
    expect(answer.as<{ oauth_tokens: OAuthTokens }>().oauth_tokens).toEqual({
      provider: "github",
      access_token: "gho_x",
      scopes: ["read:user", "user:email"],
    });
  });

  test("Discord: an address that is not verified is shown and is no account", async () => {
    const { answer } = await signInBy(
      { preset: "discord", clientId: "d", clientSecret: "s" },
      () => ({
        "https://discord.com/api/oauth2/token": () => ({ access_token: "x", token_type: "Bearer" }),
        "https://discord.com/api/users/@me": () => ({
          id: "80351110224678912",
          username: "nelly",
          email: "victim@example.com",
          verified: false,
        }),
      }),
    );
    expect(accounts(answer)).toEqual([
      {
        type: "discord_oauth",
        subject: "80351110224678912",
        username: "nelly",
        email: "victim@example.com",
      },
    ]);
  });

  test("X: proves itself in a header, and has no addresses", async () => {
    const { answer } = await signInBy({ preset: "x", clientId: "x id", clientSecret: "s" }, () => ({
      "https://api.x.com/2/oauth2/token": () => ({ access_token: "x", token_type: "bearer" }),
      "https://api.x.com/2/users/me?user.fields=profile_image_url": () => ({
        data: {
          id: "22",
          name: "Ada",
          username: "ada",
          profile_image_url: "https://pbs.example/a",
        },
      }),
    }));
    const { headers } = asked["https://api.x.com/2/oauth2/token"] ?? {};
    expect(new Headers(headers as Record<string, string>).get("authorization")).toBe(
      `Basic ${btoa("x+id:s")}`,
    );
    expect(accounts(answer)).toEqual([
      {
        type: "twitter_oauth",
        subject: "22",
        username: "ada",
        name: "Ada",
        profile_picture_url: "https://pbs.example/a",
      },
    ]);
  });
});

describe("providers with discovery", () => {
  test("Google vouches for mailboxes that it runs, and for no other", async () => {
    const claims = (email: string, more = {}) => ({
      preset: "google",
      world: oidcOutside("https://accounts.google.com", (there) => ({
        ...{ sub: email, aud: "g", nonce: there.get("nonce"), email, email_verified: true },
        ...{ name: "Ada", ...more },
      })),
    });
    for (const [{ world }, hasAddress] of [
      [claims("ada@gmail.com"), true],
      [claims("ada@example.com", { hd: "example.com" }), true],
      [claims("ada@example.org"), false],
    ] as const) {
      const { answer } = await signInBy(
        { preset: "google", clientId: "g", clientSecret: "s" },
        world,
      );
      const types = accounts(answer).map(({ type }) => type);
      expect(types.includes("email")).toBe(hasAddress);
      expect(types).toContain("google_oauth");
      if (!hasAddress) break;
      await server.close();
    }
  });

  test("Apple: a secret of minutes that the team's key signed, an answer by form, a name on the first time", async () => {
    const { there, answer } = await signInBy(
      {
        preset: "apple",
        clientId: "com.example.app",
        clientSecret: await exportPKCS8(appleKey.privateKey),
        options: { teamId: "TEAM123456", keyId: "KEY1234567" },
      },
      oidcOutside("https://appleid.apple.com", (query) => ({
        sub: "001.abc",
        aud: "com.example.app",
        nonce: query.get("nonce"),
        email: "x@privaterelay.appleid.com",
        email_verified: "true",
      })),
      { user: JSON.stringify({ name: { firstName: "Ada", lastName: "Lovelace" } }) },
    );
    expect(there.searchParams.get("response_mode")).toBe("form_post");
    const secret = sent("https://appleid.apple.com/token").get("client_secret") ?? "";
    const verified = await jwtVerify(secret, appleKey.publicKey, {
      issuer: "TEAM123456",
      subject: "com.example.app",
      audience: "https://appleid.apple.com",
      maxTokenAge: "5m",
    });
    expect(verified.protectedHeader).toMatchObject({ alg: "ES256", kid: "KEY1234567" });
    expect(accounts(answer).sort(byType)).toEqual([
      { type: "apple_oauth", subject: "001.abc", email: "x@privaterelay.appleid.com" },
      { type: "email", address: "x@privaterelay.appleid.com" },
    ]);
  });

  test("LinkedIn: no code challenge and no nonce, which it does not know", async () => {
    const { there, answer } = await signInBy(
      { preset: "linkedin", clientId: "l", clientSecret: "s" },
      oidcOutside("https://www.linkedin.com/oauth", () => ({
        sub: "li-1",
        aud: "l",
        name: "Ada",
        email: "ada@example.com",
        email_verified: true,
      })),
    );
    expect(there.searchParams.has("code_challenge")).toBe(false);
    expect(there.searchParams.has("nonce")).toBe(false);
    expect(accounts(answer)).toEqual([
      { type: "linkedin_oauth", subject: "li-1", email: "ada@example.com", name: "Ada" },
    ]);
  });

  test("Microsoft: each tenant is an issuer of its own, and an address that a tenant wrote is none (nOAuth)", async () => {
    const tenant = "11111111-2222-3333-4444-555555555555";
    const base = "https://login.microsoftonline.com/common/v2.0";
    const documents = oidcOutside(base, (there) => ({
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      tid: tenant,
      sub: "pairwise",
      aud: "m",
      nonce: there.get("nonce"),
      name: "Mallory",
      email: "victim@example.com",
      email_verified: true,
    }));
    const world = (there: URLSearchParams): Outside => {
      const outsideOf = documents(there);
      const discovery = `${base}/.well-known/openid-configuration`;
      return {
        ...outsideOf,
        [discovery]: () => ({
          ...(outsideOf[discovery]?.({}) as object),
          issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
        }),
      };
    };
    const { answer } = await signInBy(
      { preset: "microsoft", clientId: "m", clientSecret: "s" },
      world,
    );
    expect(accounts(answer)).toEqual([
      {
        type: "custom:microsoft",
        subject: "pairwise",
        email: "victim@example.com",
        name: "Mallory",
      },
    ]);
    const [userId] = [answer.as<AuthenticatedUser>().user.id.replace("did:privy:", "")];
    const user = await server.services.store.users.find(server.app.id, userId);
    expect(user?.accounts[0]?.data.issuer).toBe(`https://login.microsoftonline.com/${tenant}/v2.0`);
    expect(decodeJwt(answer.as<AuthenticatedUser>().token ?? "").sub).toContain(userId);
  });
});
