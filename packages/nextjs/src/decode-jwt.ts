import type { JWTPayload } from "./interfaces.ts";

/** The claims of a token as it says them, unproven. Null for what is no JWT. */
export function decodeJwt<T = Record<string, unknown>>(
  token: string,
): Partial<JWTPayload & T> | null {
  const [, payload, signature] = token.split(".");
  if (!payload || signature === undefined) return null;
  try {
    const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null
      ? (claims as Partial<JWTPayload & T>)
      : null;
  } catch {
    return null;
  }
}
