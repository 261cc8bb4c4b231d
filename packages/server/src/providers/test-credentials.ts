import { LatchkeyError } from "@latchkey/core/errors";
import type { ProviderFinding } from "@latchkey/core/protocol/admin";
import { genericGrantRequest } from "openid-client";
import { OutboundError } from "../outbound/outbound-error.ts";
import type { OutboundFetch } from "../outbound/outbound-fetch.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { outboundWords } from "./ask-provider.ts";
import { providerClient } from "./provider-client.ts";
import { openUpstream, type Upstream } from "./upstream.ts";

export interface Credentials {
  readonly upstream: Upstream;
  readonly provider: IdentityProvider;
  /** Opened; null: a public client. */
  readonly secret: string | null;
  readonly redirectUri: string;
  readonly now: () => number;
}

/** A code that nobody was given: who answers "wrong code" has taken the client's own proof. */
const NO_CODE = "latchkey-test-of-the-configuration";
/** RFC 7636 section 4.1: 43 characters at least. */
const NO_VERIFIER = "latchkey-test-of-the-configuration-0123456789";

/** The client was not taken (RFC 6749 section 5.2), as providers say it. */
const CLIENT_REFUSED: readonly unknown[] = [
  "invalid_client",
  "unauthorized_client",
  "incorrect_client_credentials",
];
/** The client was taken, and the code was not. */
const CODE_REFUSED: readonly unknown[] = ["invalid_grant", "bad_verification_code"];

const finding = (result: ProviderFinding["result"], text: string): ProviderFinding => ({
  check: "credentials",
  result,
  text,
});

export async function testCredentials(input: Credentials): Promise<ProviderFinding> {
  const { provider, secret, redirectUri, now } = input;
  let said: unknown = null;
  const listening: OutboundFetch = async (url, request) => {
    const answer = await input.upstream.fetch(url, request);
    if (request?.method === "POST")
      said = await answer
        .clone()
        .json()
        .catch(() => null);
    return answer;
  };
  try {
    const signal = AbortSignal.timeout(input.upstream.deadlineMs);
    // Anew: what was read a while ago is not what is to be tested.
    const upstream = openUpstream({ ...input.upstream, fetch: listening, now });
    const client = await providerClient({ upstream, provider, secret, signal, now: now() });
    await genericGrantRequest(client.config, "authorization_code", {
      code: NO_CODE,
      redirect_uri: redirectUri,
      ...(client.preset.pkce && { code_verifier: NO_VERIFIER }),
    });
  } catch (error) {
    const away = causeOf(error);
    if (away) return finding("wrong", `The token endpoint ${outboundWords(away)[0]}.`);
    if (error instanceof LatchkeyError) return finding("wrong", error.message);
  }
  return verdict((said as { error?: unknown } | null)?.error, secret !== null, redirectUri);
}

function verdict(error: unknown, hasSecret: boolean, redirectUri: string): ProviderFinding {
  if (CLIENT_REFUSED.includes(error)) {
    const what = hasSecret ? "client id and secret" : "client id without a secret";
    return finding(
      "wrong",
      `The provider does not take this ${what} (it says ${error}). Copy both again from its console, whole and without spaces.`,
    );
  }
  if (error === "redirect_uri_mismatch") {
    return finding(
      "wrong",
      `The provider does not know the redirect URI ${redirectUri}. Add it there, exactly as it is written here.`,
    );
  }
  if (CODE_REFUSED.includes(error)) {
    return finding("good", `The provider takes the client id${hasSecret ? " and secret" : ""}.`);
  }
  return finding(
    "unknown",
    "Whether the client id and secret are right, this provider tells only when somebody signs in. Try it once.",
  );
}

function causeOf(error: unknown): OutboundError | null {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof OutboundError) return each;
  }
  return null;
}
