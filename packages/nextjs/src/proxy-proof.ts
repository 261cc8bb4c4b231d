/**
 * How the app behind the proxy knows the proxy's word from a client's, also on routes that no proxy
 * covers: by a mac under the secret that both have.
 */
export const REDIRECT_URI = "x-redirect-uri";
export const REDIRECT_URI_PROOF = "x-workos-redirect-uri-proof";

export type Prove = (value: string) => Promise<string>;

/** The few addresses of an app, whose proofs every request takes. */
const MOST_KNOWN = 100;

export function proxyProof(secret: string): Prove {
  const known = new Map<string, Promise<string>>();
  const encode = (text: string) => new TextEncoder().encode(text);
  const key = crypto.subtle.importKey(
    "raw",
    encode(`latchkey proxy\0${secret}`),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  async function prove(value: string): Promise<string> {
    const mac = await crypto.subtle.sign("HMAC", await key, encode(value));
    return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return (value) => {
    const found = known.get(value) ?? prove(value);
    if (known.size < MOST_KNOWN) known.set(value, found);
    return found;
  };
}

/** The redirect URI that the proxy was given, when it says so; null for what anybody may have written. */
export async function provenRedirectUri(headers: Headers, prove: Prove): Promise<string | null> {
  const [uri, proof] = [headers.get(REDIRECT_URI), headers.get(REDIRECT_URI_PROOF)];
  if (uri === null || proof === null || !/^[0-9a-f]{64}$/.test(proof)) return null;
  if (!/^https?:$/.test(URL.parse(uri)?.protocol ?? "")) return null;
  return isEqual(proof, await prove(uri)) ? uri : null;
}

/** In constant time; both have 64 characters. */
function isEqual(a: string, b: string): boolean {
  let difference = 0;
  for (let at = 0; at < 64; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
