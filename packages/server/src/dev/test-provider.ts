/**
 * An OpenID Connect provider for trying things out: whoever types an address is that person. Part of
 * `latchkey dev` alone, and of no app until somebody adds it like any other provider.
 */
import { crypto, type PrivateJwk } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import { isLoopbackHost } from "@latchkey/core/loopback";
import { signJwt } from "@latchkey/core/tokens/jwt";
import { Hono } from "hono";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import { readUtf8 } from "../http/read-body.ts";
import { PAGE_POLICY } from "./page-policy.ts";
import { testProviderPage } from "./test-provider-page.ts";

export const TEST_PROVIDER_PATH = "/dev/idp";
const KID = "dev-idp";
const CODE_LIFE_MS = 120_000;
const TOKEN_LIFE = 300;

interface Granted {
  readonly email: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string | null;
  readonly challenge: string | null;
  readonly expiresAt: number;
}

/** @param origin of this server, asked at each use */
export function testProviderRoutes(origin: () => string, now: () => number): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const issuer = () => origin() + TEST_PROVIDER_PATH;
  const granted = new Map<string, Granted>();
  let made: Promise<PrivateJwk> | undefined;
  // At the first sign-in: most days of development have none.
  const key = () => {
    made ??= Promise.resolve(crypto.generateEs256());
    return made;
  };

  routes.get(`${TEST_PROVIDER_PATH}/.well-known/openid-configuration`, (context) =>
    context.json({
      issuer: issuer(),
      authorization_endpoint: `${issuer()}/authorize`,
      token_endpoint: `${issuer()}/token`,
      jwks_uri: `${issuer()}/jwks.json`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["none", "client_secret_post", "client_secret_basic"],
      scopes_supported: ["openid", "email", "profile"],
      authorization_response_iss_parameter_supported: true,
    }),
  );

  routes.get(`${TEST_PROVIDER_PATH}/jwks.json`, async (context) => {
    const { kty, crv, x, y } = await key();
    return context.json({ keys: [{ kid: KID, alg: "ES256", use: "sig", kty, crv, x, y }] });
  });

  routes.get(`${TEST_PROVIDER_PATH}/authorize`, (context) => {
    const asked = new URL(context.req.url).searchParams;
    requireRedirectUri(asked);
    return page(context, asked);
  });

  routes.post(`${TEST_PROVIDER_PATH}/authorize`, async (context) => {
    const form = new URLSearchParams(await readUtf8(context));
    const redirectUri = requireRedirectUri(form);
    const back = new URL(redirectUri);
    const state = form.get("state");
    if (state !== null) back.searchParams.set("state", state);
    back.searchParams.set("iss", issuer());
    if (form.has("cancel")) {
      back.searchParams.set("error", "access_denied");
      return context.redirect(back.href, 303);
    }
    const email = (form.get("email") ?? "").trim().toLowerCase();
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
      return page(context, form, "Type an address such as ada@example.com.");
    }
    for (const [code, { expiresAt }] of granted) if (expiresAt <= now()) granted.delete(code);
    const code = base64url(crypto.randomBytes(32));
    granted.set(code, {
      email,
      clientId: form.get("client_id") ?? "",
      redirectUri,
      nonce: form.get("nonce"),
      challenge: form.get("code_challenge"),
      expiresAt: now() + CODE_LIFE_MS,
    });
    back.searchParams.set("code", code);
    return context.redirect(back.href, 303);
  });

  routes.post(`${TEST_PROVIDER_PATH}/token`, async (context) => {
    const form = new URLSearchParams(await readUtf8(context));
    const code = form.get("code") ?? "";
    const grant = granted.get(code);
    granted.delete(code);
    const verifier = form.get("code_verifier");
    const digest = verifier && base64url(await crypto.sha256(utf8(verifier)));
    const isGood =
      grant &&
      grant.expiresAt > now() &&
      grant.redirectUri === form.get("redirect_uri") &&
      (grant.challenge === null || grant.challenge === digest);
    if (!isGood) return context.json({ error: "invalid_grant" }, 400);
    const { email, clientId, nonce } = grant;
    const issuedAt = Math.floor(now() / 1000);
    const claims = {
      iss: issuer(),
      sub: email,
      aud: clientId,
      iat: issuedAt,
      exp: issuedAt + TOKEN_LIFE,
      ...(nonce !== null && { nonce }),
      email,
      email_verified: true,
      name: email.split("@")[0],
    };
    const privateKey = await crypto.importEs256Private(await key());
    return context.json({
      access_token: base64url(crypto.randomBytes(32)),
      token_type: "Bearer",
      expires_in: TOKEN_LIFE,
      scope: "openid email profile",
      id_token: await signJwt(claims, { kid: KID, privateKey }),
    });
  });

  return routes;
}

function page(context: RequestContext, asked: URLSearchParams, problem?: string): Response {
  return context.html(testProviderPage(asked, problem ?? null), problem ? 422 : 200, {
    // The answer goes by way of the server to the app, whose origin nobody here knows.
    "content-security-policy": PAGE_POLICY.replace("; form-action 'self'", ""),
  }) as Response;
}

/** Of this machine only: what this provider says proves nothing anywhere else. */
function requireRedirectUri(asked: URLSearchParams): string {
  const text = asked.get("redirect_uri") ?? "";
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname)) return text;
  throw new LatchkeyError(
    "invalid_data",
    400,
    "redirect_uri must be an address of this machine: development's own provider is for nothing else.",
  );
}
