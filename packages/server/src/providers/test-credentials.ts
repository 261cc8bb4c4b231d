import type { ProviderFinding } from "@latchkey/core/protocol/admin";
import type { IdentityProvider } from "../storage/store.ts";
import { askJson } from "./ask-provider.ts";
import type { Preset } from "./preset.ts";
import { clientProof } from "./client-proof.ts";
import type { ProviderTestDeps } from "./test-provider.ts";

export interface Credentials {
  readonly provider: IdentityProvider;
  readonly preset: Preset;
  readonly secret: string | null;
  /** The token endpoint. */
  readonly token: string;
  readonly redirectUri: string;
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

export async function testCredentials(
  deps: Pick<ProviderTestDeps, "outbound" | "now">,
  { provider, preset, secret, token, redirectUri }: Credentials,
): Promise<ProviderFinding> {
  const finding = (result: ProviderFinding["result"], text: string): ProviderFinding => ({
    check: "credentials",
    result,
    text,
  });
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code: NO_CODE,
    redirect_uri: redirectUri,
    ...(preset.pkce && { code_verifier: NO_VERIFIER }),
  });
  const headers = new Headers();
  const proof = await clientProof({ provider, preset, secret, now: deps.now });
  if (proof.kind === "unusable") return finding("wrong", proof.text);
  proof.apply(body, headers);
  headers.set("content-type", "application/x-www-form-urlencoded");
  const asked = await askJson(deps.outbound, token, { method: "POST", headers, body });
  if (asked.kind === "failed") {
    return finding("wrong", `The token endpoint ${token} ${asked.text}.`);
  }
  const { error } = asked.body;
  if (CLIENT_REFUSED.includes(error)) {
    const what = secret === null ? "client id" : "client id and secret";
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
    return finding("good", "The provider takes the client id and secret.");
  }
  return finding(
    "unknown",
    "Whether the client secret is right, this provider tells only when somebody signs in. Try it once.",
  );
}
