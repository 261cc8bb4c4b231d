/** The numbers of the packed form, which docs/reference/sealed-cookie.md describes. */

/** The low three bits of a value's header; the rest of it is a count. */
export const KIND = {
  /** 0 null, 1 false, 2 true. */
  constant: 0,
  /** That many bytes of UTF-8. */
  text: 1,
  /** That many texts, joined by dots; of each its length, doubled, plus 1 when it is packed. */
  segments: 2,
  array: 3,
  object: 4,
  /** That many bytes of JSON: numbers, and texts that are not Unicode. */
  json: 5,
} as const;

/** The low two bits of a member name's header; the rest of it is an index or a length. */
export const NAME = { known: 0, text: 1, json: 2 } as const;

/** How deep values may nest. */
export const MAX_DEPTH = 32;

/** Part of the format: only ever append, and never more than 32, which fit into one byte. */
export const KNOWN_NAMES: readonly string[] = [
  "accessToken",
  "refreshToken",
  "user",
  "impersonator",
  "authenticationMethod",
  "organizationId",
  "object",
  "id",
  "email",
  "emailVerified",
  "name",
  "firstName",
  "lastName",
  "profilePictureUrl",
  "lastSignInAt",
  "locale",
  "externalId",
  "metadata",
  "createdAt",
  "updatedAt",
  "reason",
  "nonce",
  "codeVerifier",
  "customState",
  "returnPathname",
];
