import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer } from "../http/testing/test-page.ts";
import { openPerson } from "./testing/person.ts";
import {
  offer,
  openProviderWorld,
  type ProviderWorld,
  returned,
} from "./testing/provider-world.ts";

let world: ProviderWorld;
/** What the log says of failures. */
const trails: string[] = [];
beforeAll(async () => {
  world = await openProviderWorld({
    people: { ada: { name: "Ada" } },
    log: {
      debug() {},
      info() {},
      error() {},
      warn: (fields) => trails.push((fields as { trail?: string }).trail ?? ""),
    },
  });
});
afterAll(() => world.close());

/** Between the consent at the provider and the return, something happens. */
async function returnAfter(
  change: (callback: URL, asked: URLSearchParams) => void | Promise<void>,
  edit: (url: URL) => void = () => {},
) {
  const begun = await world.begin(world.page());
  const url = new URL(begun.url);
  edit(url);
  const callback = await openPerson().goTo(url.href);
  await change(callback, url.searchParams);
  return returned(await world.comeBack(callback));
}

describe("what a provider answers is believed only when everything fits", () => {
  test("an ID token for another nonce is refused (OpenID Connect Core section 3.1.3.7)", async () => {
    const back = await returnAfter(
      () => {},
      (url) => url.searchParams.set("nonce", "another"),
    );
    expect([back.code, back.error]).toEqual(["undefined", "provider_error"]);
    expect(trails.at(-1)).toMatch(/nonce/);
  });

  test("an error of the provider comes back to the page, which can show it", async () => {
    const begun = await world.begin(world.page());
    const callback = new URL(
      `https://sessions.example.com/api/v1/oauth/callback/${world.provider.id}`,
    );
    callback.searchParams.set("state", new URL(begun.url).searchParams.get("state") ?? "");
    callback.searchParams.set("iss", world.upstream.issuer);
    callback.searchParams.set("error", "invalid_scope");
    const back = returned(await world.comeBack(callback));
    expect([back.code, back.error]).toEqual(["undefined", "provider_error"]);
  });

  test("new keys of the provider are fetched when a token names one that is not known, and not again within half a minute", async () => {
    await world.signIn(world.page());
    world.advance(31_000);
    await world.upstream.rotateKeys();
    const before = world.upstream.requestsTo("/jwks");
    await world.signIn(world.page());
    expect(world.upstream.requestsTo("/jwks")).toBe(before + 1);
    await world.upstream.rotateKeys();
    const soon = await world.signInAt(world.page());
    expect(soon.error).toBe("provider_error");
    expect(world.upstream.requestsTo("/jwks")).toBe(before + 1);
    world.advance(31_000);
    await world.signIn(world.page());
    world.advance(-62_000);
  });

  test("a clock that is some seconds off is no reason to refuse a token; a token that is over is", async () => {
    for (const [seconds, error] of [
      [-20, null],
      [20, null],
      [85, null],
      [120, "provider_error"],
    ] as const) {
      const back = await returnAfter(() => world.advance(seconds * 1000));
      world.advance(-seconds * 1000);
      expect([seconds, back.error]).toEqual([seconds, error]);
    }
  });

  test.each([
    [
      "that somebody else signed under the same key id",
      true,
      /ERR_JWS_SIGNATURE_VERIFICATION_FAILED/,
    ],
    ["that nobody signed", false, /alg/],
  ])(
    "a token %s is refused, right as its claims are (ASVS 9.1.1, 9.1.2)",
    async (_, signs, why) => {
      const kid = await keyId();
      const { privateKey } = await generateKeyPair("RS256");
      const back = await returnAfter(async (_callback, asked) => {
        const now = Math.floor(Date.now() / 1000);
        const claims = {
          iss: world.upstream.issuer,
          sub: "ada",
          aud: "latchkey",
          nonce: asked.get("nonce"),
          iat: now,
          exp: now + 60,
        };
        const signed = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid });
        const idToken = signs ? await signed.sign(privateKey) : new UnsecuredJWT(claims).encode();
        world.upstream.answer((_request, response) => {
          response.writeHead(200, { "content-type": "application/json" });
          const body = { access_token: "x", token_type: "Bearer", id_token: idToken };
          response.end(JSON.stringify(body));
        });
      });
      world.upstream.answer(null);
      expect([back.code, back.error]).toEqual(["undefined", "provider_error"]);
      expect(trails.at(-1)).toMatch(why);
    },
  );

  async function keyId(): Promise<string> {
    const answer = await fetch(`${world.upstream.issuer}/jwks`);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys[0]?.kid ?? "";
  }
});

describe("a provider that is away", () => {
  const refuse = (status: number) =>
    world.upstream.answer((_, response) => response.writeHead(status).end("{}"));

  test("is said so within five seconds, on the way there and on the way back, and no session is touched (R5)", async () => {
    const page = world.page();
    const { token } = await page.signIn("ada@example.com");
    const away = await openProviderWorld();
    away.upstream.answer((_, response) => response.writeHead(503).end());
    const begun = await away.page().post("/oauth/init", {
      provider: "custom:acme",
      redirect_to: "https://app.example.com/",
      code_challenge: "A".repeat(43),
      state_code: "B".repeat(48),
    });
    await away.close();
    expect([begun.status, begun.code]).toEqual([503, "provider_unavailable"]);
    expect(Number(begun.headers.get("retry-after"))).toBeGreaterThan(0);
    const back = await returnAfter(() => refuse(503));
    world.upstream.answer(null);
    expect([back.code, back.error]).toEqual(["undefined", "provider_unavailable"]);
    expect((await page.call("/users/me", { headers: bearer(token) })).status).toBe(200);
  });

  test("and answers nothing at all: within five seconds the page is told, and other ways to sign in go on", async () => {
    const page = world.page();
    const started = performance.now();
    const [back, signedIn] = await Promise.all([
      returnAfter(() => world.upstream.answer(() => {})),
      page.signIn("bob@example.com"),
    ]);
    world.upstream.answer(null);
    expect(performance.now() - started).toBeLessThan(5500);
    expect(back.error).toBe("provider_unavailable");
    expect(signedIn.token).not.toBeNull();
  });

  test("with metadata kept from before, people are still sent there", async () => {
    await world.signIn(world.page());
    world.advance(11 * 60_000);
    refuse(503);
    const begun = await world.begin(world.page());
    world.upstream.answer(null);
    world.advance(-11 * 60_000);
    expect(new URL(begun.url).origin).toBe(world.upstream.issuer);
    const back = returned(await world.comeBack(await openPerson().goTo(begun.url)));
    expect(back.code).toHaveLength(43);
  });

  test("whose metadata is another issuer's is refused (RFC 8414 section 3.3)", async () => {
    const lying = await openProviderWorld();
    lying.upstream.answer((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          issuer: "https://accounts.google.com",
          authorization_endpoint: "https://accounts.google.com/authorize",
          token_endpoint: `${lying.upstream.issuer}/token`,
        }),
      );
    });
    const answer = await lying.page().post("/oauth/init", {
      provider: "custom:acme",
      redirect_to: "https://app.example.com/",
      code_challenge: "A".repeat(43),
      state_code: "B".repeat(48),
    });
    await lying.close();
    expect([answer.status, answer.code]).toEqual([400, "provider_error"]);
  });
});

describe("provider tokens", () => {
  test("are handed out only where the app asks for them", async () => {
    const page = world.page();
    const { code, stateCode, verifier } = await world.signInAt(page);
    const without = await page.post("/oauth/authenticate", offer(code, stateCode, verifier));
    expect(without.as<object>()).not.toHaveProperty("oauth_tokens");
    const asking = await openProviderWorld({ provider: { returnTokens: true } });
    const own = asking.page();
    const returnedTo = await asking.signInAt(own);
    const body = offer(returnedTo.code, returnedTo.stateCode, returnedTo.verifier);
    const key = { "idempotency-key": "k" };
    const answers = [
      await own.post("/oauth/authenticate", body, key),
      await own.post("/oauth/authenticate", body, key),
    ];
    await asking.close();
    for (const answer of answers) {
      expect(answer.as<object>()).toHaveProperty("oauth_tokens", {
        provider: "custom:acme",
        access_token: expect.any(String),
        access_token_expires_in_seconds: expect.any(Number),
        scopes: ["openid", "email", "profile"],
      });
    }
  });
});
