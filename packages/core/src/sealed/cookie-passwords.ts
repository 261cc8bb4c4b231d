/** The passwords that cookies are sealed with, as configuration gives them. */

export interface CookiePassword {
  /** Travels in the seal, for all to read: 1 to 16 of A–Z, a–z, 0–9, _ and -. */
  readonly id: string;
  /** At least 32 characters; make it with `openssl rand -base64 32`. */
  readonly secret: string;
}

export interface CookiePasswordVariables {
  /** `id:secret,id:secret`, newest first. */
  readonly LATCHKEY_COOKIE_PASSWORD?: string | undefined;
  /** One password; only looked at when the other is not set. */
  readonly WORKOS_COOKIE_PASSWORD?: string | undefined;
}

/** The id of a password that was given without one: what the vendor's SDKs write. */
const ONLY_ID = "1";
const ID = /^[A-Za-z0-9_-]{1,16}$/;
const LEAST_LENGTH = 32;
const MOST_PASSWORDS = 8;
const ADVICE = "make one with `openssl rand -base64 32`";

/**
 * Reads the passwords from the environment. A secret may hold colons but neither commas nor white
 * space at its ends in LATCHKEY_COOKIE_PASSWORD; WORKOS_COOKIE_PASSWORD is taken as it is. Throws
 * a TypeError that names the variable and every problem, and no secret.
 */
export function readCookiePasswords(
  environment: CookiePasswordVariables,
): readonly CookiePassword[] {
  const ring = environment.LATCHKEY_COOKIE_PASSWORD;
  if (ring) {
    return requireCookiePasswords(ring.split(",").map(readEntry), "LATCHKEY_COOKIE_PASSWORD");
  }
  const secret = environment.WORKOS_COOKIE_PASSWORD;
  if (secret) return requireCookiePasswords([{ id: ONLY_ID, secret }], "WORKOS_COOKIE_PASSWORD");
  throw new TypeError(
    `No cookie password: set LATCHKEY_COOKIE_PASSWORD to id:secret (${ADVICE}), or WORKOS_COOKIE_PASSWORD.`,
  );
}

function readEntry(entry: string): CookiePassword {
  const text = entry.trim();
  const colon = text.indexOf(":");
  return colon === -1
    ? { id: "", secret: text }
    : { id: text.slice(0, colon).trim(), secret: text.slice(colon + 1).trim() };
}

/** Throws a TypeError that names `source` and every problem, and no secret. */
export function requireCookiePasswords(
  passwords: readonly CookiePassword[],
  source: string,
): readonly CookiePassword[] {
  const problems = passwords.flatMap((password, at) => problemsOf(password, at, passwords));
  if (passwords.length === 0) problems.push("there is none");
  if (passwords.length > MOST_PASSWORDS) problems.push(`more than ${MOST_PASSWORDS} are too many`);
  if (problems.length === 0) return passwords;
  throw new TypeError(`${source}: ${problems.join("; ")}.`);
}

function problemsOf(
  { id, secret }: CookiePassword,
  at: number,
  all: readonly CookiePassword[],
): string[] {
  const problems: string[] = [];
  const which = `password ${at + 1}`;
  const before = all.slice(0, at);
  // What stands in place of an id may be part of a secret that holds a comma: it is not shown.
  if (!ID.test(id)) {
    problems.push(
      `${which} has no id: write id:secret, the id of 1 to 16 letters, digits, _ or -, the secret without commas`,
    );
  }
  if (secret.length < LEAST_LENGTH) {
    problems.push(`${which} has ${secret.length} characters, not ${LEAST_LENGTH}: ${ADVICE}`);
  }
  if (before.some((other) => other.id === id)) problems.push(`${which} has the id of another`);
  if (before.some((other) => other.secret === secret)) problems.push(`${which} repeats another`);
  return problems;
}
