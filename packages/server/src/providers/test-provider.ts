/** The test button: asks a provider whether what was configured works, in plain words. */
import type { AnswerOf, Operations, ProviderFinding } from "@latchkey/core/protocol/admin";
import type { OutboundFetch } from "../outbound/outbound-fetch.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { askJson } from "./ask-provider.ts";
import { issuerOf, presetOf } from "./provider-preset.ts";
import { openProviderSecret } from "./provider-secret.ts";
import { testCredentials } from "./test-credentials.ts";

export type ProviderTest = AnswerOf<Operations["testProvider"]>;

export type ProviderTestDeps = Pick<Services, "master" | "upstream" | "now">;

/** `redirectUri` is one that a sign-in would send. */
export async function testProvider(
  { master, upstream, now }: ProviderTestDeps,
  provider: IdentityProvider,
  redirectUri: string,
): Promise<ProviderTest> {
  const preset = presetOf(provider);
  const secret = await openProviderSecret(master, provider);
  const findings =
    preset.kind === "oidc"
      ? await testDiscovery(upstream.fetch, issuerOf(provider), preset.pkce)
      : [];
  if (findings.every(({ result }) => result !== "wrong")) {
    findings.push(await testCredentials({ upstream, provider, secret, redirectUri, now }));
  }
  return { works: findings.every(({ result }) => result !== "wrong"), findings };
}

const wrong = (check: ProviderFinding["check"], text: string): ProviderFinding => ({
  check,
  result: "wrong",
  text,
});

async function testDiscovery(
  outbound: OutboundFetch,
  issuer: string,
  pkce: boolean,
): Promise<ProviderFinding[]> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const asked = await askJson(outbound, url);
  if (asked.kind === "failed") {
    const hint = asked.hint ?? "Is the issuer written as the provider writes it?";
    return [wrong("discovery", `${url} ${asked.text}. ${hint}`)];
  }
  const { body } = asked;
  const said = textOf(body.issuer);
  // Of many tenants at once the document cannot name one (Microsoft).
  if (said === null || (said !== issuer && !said.includes("{tenantid}"))) {
    const theirs = said === null ? "names no issuer" : `says that its issuer is ${shortened(said)}`;
    const text = `The provider ${theirs}, and ${issuer} is configured. They must be the same to the last character; add the provider again with its own.`;
    return [wrong("discovery", text)];
  }
  const good: ProviderFinding = {
    check: "discovery",
    result: "good",
    text: `${url} was read, and names the issuer that is configured.`,
  };
  const endpoints = testEndpoints(body);
  if (endpoints.result === "wrong") return [good, endpoints];
  const keys = await testKeys(outbound, textOf(body.jwks_uri) ?? "");
  return [good, endpoints, ...(pkce ? [testPkce(body)] : []), keys];
}

const ENDPOINTS = ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const;

function testEndpoints(body: Readonly<Record<string, unknown>>): ProviderFinding {
  for (const name of ENDPOINTS) {
    const text = textOf(body[name]);
    const url = text === null ? null : URL.parse(text);
    if (!url) return wrong("endpoints", `The provider's document has no usable ${name}.`);
    const isLocal = /^(localhost|127\.|\[::1\])/.test(url.hostname);
    if (url.protocol !== "https:" && !isLocal) {
      const text = `${name} is ${url.href}, which is not https: others on the way could read and change it. The provider has to correct that.`;
      return wrong("endpoints", text);
    }
  }
  return {
    check: "endpoints",
    result: "good",
    text: "All endpoints are named, and are https or on this machine.",
  };
}

/** RFC 7636; RFC 8414 section 2 lets a server that has it say nothing only when it is old. */
function testPkce(body: Readonly<Record<string, unknown>>): ProviderFinding {
  const methods = body.code_challenge_methods_supported;
  if (!Array.isArray(methods)) {
    const text =
      "The provider does not say whether it knows PKCE. Sign-ins send it all the same; most providers that are silent take it.";
    return { check: "pkce", result: "warning", text };
  }
  if (methods.includes("S256")) {
    return { check: "pkce", result: "good", text: "The provider knows PKCE with S256." };
  }
  return wrong(
    "pkce",
    `The provider knows PKCE only with ${shortened(methods.join(", ")) || "no method"}, and sign-ins need S256. Switch it on at the provider.`,
  );
}

async function testKeys(outbound: OutboundFetch, url: string): Promise<ProviderFinding> {
  const asked = await askJson(outbound, url);
  if (asked.kind === "failed") {
    return wrong("keys", `The provider's keys at ${url} could not be read: it ${asked.text}.`);
  }
  const { keys } = asked.body;
  if (Array.isArray(keys) && keys.length > 0) {
    return {
      check: "keys",
      result: "good",
      text: "The keys that its ID tokens are signed with were read.",
    };
  }
  return wrong("keys", `${url} holds no keys, so that no ID token could be verified.`);
}

/** Of what somebody else says. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
