/**
 * What the session cookie of the app-server protocol holds: the JSON that the vendor's SDKs seal,
 * and nothing else. They seal whole answers, and then each field a server adds grows the cookie.
 */

import type { JsonValue } from "./pack-json.ts";

export interface SealedUser {
  readonly object: "user";
  /** `user_…`, the `sub` of the access token. */
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly profilePictureUrl: string | null;
  /** Times are ISO 8601. */
  readonly lastSignInAt: string | null;
  readonly locale: string | null;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Impersonator {
  readonly email: string;
  readonly reason: string | null;
}

export interface SealedSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: SealedUser;
  readonly impersonator?: Impersonator;
  /** Such as `Password` or `GoogleOAuth`. */
  readonly authenticationMethod?: string;
  readonly organizationId?: string;
}

export type SealedSessionResult =
  | { readonly ok: true; readonly session: SealedSession }
  /** `field` is absent or not of the required form, for example `user.email`. */
  | { readonly ok: false; readonly field: string };

type Read<Field> = (field: unknown) =>
  | { readonly ok: true; readonly value: Field }
  /** The path to what is wrong, from here; "" for this field itself. */
  | { readonly ok: false; readonly path: string };

type Shape<Type> = { readonly [Name in keyof Type]-?: Read<Type[Name]> };

const good = <Field>(value: Field) => ({ ok: true, value }) as const;
const WRONG = { ok: false, path: "" } as const;
const isNothing = (field: unknown): field is null | undefined =>
  field === null || field === undefined;
const isObject = (field: unknown): field is Readonly<Record<string, unknown>> =>
  typeof field === "object" && field !== null && !Array.isArray(field);

const text: Read<string> = (field) =>
  typeof field === "string" && field !== "" ? good(field) : WRONG;
const boolean: Read<boolean> = (field) => (typeof field === "boolean" ? good(field) : WRONG);
const textOrNull: Read<string | null> = (field) =>
  isNothing(field) ? good(null) : typeof field === "string" ? good(field) : WRONG;
const texts: Read<Readonly<Record<string, string>>> = (field) => {
  if (isNothing(field)) return good({});
  if (!isObject(field)) return WRONG;
  const entries = Object.entries(field).filter((entry) => typeof entry[1] === "string");
  const all = entries.length === Object.keys(field).length;
  return all ? good(Object.fromEntries(entries) as Record<string, string>) : WRONG;
};

const optional =
  <Field>(read: Read<Field>): Read<Field | undefined> =>
  (field) =>
    isNothing(field) ? good(undefined) : read(field);

function object<Type extends object>(shape: Shape<Type>): Read<Type> {
  const members = Object.entries<Read<unknown>>(shape);
  return (field) => {
    if (!isObject(field)) return WRONG;
    const value: Record<string, unknown> = {};
    for (const [name, read] of members) {
      const result = read(Object.hasOwn(field, name) ? field[name] : undefined);
      if (!result.ok) return { ok: false, path: result.path ? `${name}.${result.path}` : name };
      if (result.value !== undefined) value[name] = result.value;
    }
    return good(value as Type);
  };
}

const sealedSession = object<SealedSession>({
  accessToken: text,
  refreshToken: text,
  user: object<SealedUser>({
    object: () => good("user"),
    id: text,
    email: text,
    emailVerified: boolean,
    name: textOrNull,
    firstName: textOrNull,
    lastName: textOrNull,
    profilePictureUrl: textOrNull,
    lastSignInAt: textOrNull,
    locale: textOrNull,
    externalId: textOrNull,
    metadata: texts,
    createdAt: text,
    updatedAt: text,
  }),
  impersonator: optional(object<Impersonator>({ email: text, reason: textOrNull })),
  authenticationMethod: optional(text),
  organizationId: optional(text),
});

/**
 * Reads what was sealed, whichever SDK sealed it. Fields that are not part of a session are left
 * behind. What older SDKs did not write (`name`, `locale`, `metadata`, …) becomes null or {}.
 */
export function readSealedSession(value: unknown): SealedSessionResult {
  const result = sealedSession(value);
  return result.ok
    ? { ok: true, session: result.value }
    : { ok: false, field: result.path || "session" };
}

/** What to seal of `session`, whatever else is in it. Throws a TypeError when a field is missing. */
export function sealableSession(session: SealedSession): JsonValue {
  const result = readSealedSession(session);
  if (result.ok) return result.session as unknown as JsonValue;
  throw new TypeError(`The session cannot be sealed: "${result.field}" is missing or wrong.`);
}
