/** How this server proves itself to a provider's token endpoint, in place of a secret's every use. */
import { importPKCS8, SignJWT } from "jose";
import type { IdentityProvider } from "../storage/store.ts";
import type { Preset } from "./preset.ts";

export type ClientProof =
  | {
      readonly kind: "usable";
      /** Adds the proof to a token request. */
      readonly apply: (body: URLSearchParams, headers: Headers) => void;
    }
  | {
      readonly kind: "unusable";
      /** What is wrong with what was entered, and what to do. */
      readonly text: string;
    };

export async function clientProof({
  provider,
  preset,
  secret,
  now,
}: {
  readonly provider: Pick<IdentityProvider, "clientId" | "options">;
  readonly preset: Pick<Preset, "clientAuth">;
  /** Opened; null: a public client. */
  readonly secret: string | null;
  readonly now: () => number;
}): Promise<ClientProof> {
  const { clientId, options } = provider;
  const post = (value: string): ClientProof => ({
    kind: "usable",
    apply(body) {
      body.set("client_id", clientId);
      body.set("client_secret", value);
    },
  });
  if (secret === null) {
    return { kind: "usable", apply: (body) => body.set("client_id", clientId) };
  }
  switch (preset.clientAuth) {
    case "client_secret_post":
      return post(secret);
    case "client_secret_basic":
      return {
        kind: "usable",
        apply(_body, headers) {
          const pair = `${formEncoded(clientId)}:${formEncoded(secret)}`;
          headers.set("authorization", `Basic ${btoa(pair)}`);
        },
      };
    case "apple_jwt": {
      const jwt = await appleSecret(clientId, options, secret, now()).catch(() => null);
      if (jwt !== null) return post(jwt);
      const text =
        "The private key cannot be read. Paste the whole .p8 file that Apple gave, with its first and last line.";
      return { kind: "unusable", text };
    }
  }
}

/** RFC 6749 section 2.3.1: encoded before they are joined, so that neither holds the colon. */
const formEncoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);

const APPLE = "https://appleid.apple.com";
const MINUTES_5 = 300;

/** A client secret of five minutes, as Apple asks for it: signed by the team's own key. */
async function appleSecret(
  clientId: string,
  { teamId = "", keyId = "" }: Readonly<Record<string, string>>,
  privateKey: string,
  now: number,
): Promise<string> {
  const at = Math.floor(now / 1000);
  return new SignJWT({ iss: teamId, sub: clientId, aud: APPLE, iat: at, exp: at + MINUTES_5 })
    .setProtectedHeader({ alg: "ES256", kid: keyId })
    .sign(await importPKCS8(privateKey.trim(), "ES256"));
}
