/** Signing in by password: one answer for a wrong password and for nobody (ASVS 6.3.1, 6.3.8). */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { Store, User } from "../storage/store.ts";
import type { PasswordHasher } from "./password-hasher.ts";

export interface PasswordDeps {
  readonly store: Pick<Store, "users" | "passwords" | "limits">;
  readonly master: MasterKey;
  /** Null where the runtime has none. */
  readonly passwordHasher: PasswordHasher | null;
}

/** Guessing at one address. Its mailed codes have a limit of their own and go on working. */
const MAX_FAILURES = 20;
const WINDOW_MS = 3_600_000;
/** Takes as long to check as a real one, and is nobody's. */
const NOBODY = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Whether the app signs in by password, and the server can. */
export function offersPasswords(deps: Pick<PasswordDeps, "passwordHasher">, app: App): boolean {
  return app.settings.passwordAuth && deps.passwordHasher !== null;
}

export interface FoundByPassword {
  readonly user: User;
  /** Before the address was proven, whoever set the password need not be its owner. */
  readonly isProven: boolean;
}

/**
 * The app's user with this address and password, or null. Throws `too_many_requests` after many
 * wrong ones.
 */
export async function findByPassword(
  deps: PasswordDeps,
  app: App,
  email: string,
  password: string,
): Promise<FoundByPassword | null> {
  const limit = `password-failures:${app.id}:${await keyedHash(deps.master, "address", app.id, email)}`;
  // Taken before the guess and given back on success, so that parallel guesses count too.
  const taken = await deps.store.limits.take(limit, MAX_FAILURES, WINDOW_MS);
  if (!taken.ok) {
    throw new LatchkeyError(
      "too_many_requests",
      429,
      "Too many wrong passwords were typed for this address. Try again later, or sign in by a mailed code.",
      { retryAfter: Math.ceil(taken.waitMs / 1000) },
    );
  }
  const user = await deps.store.users.findByAccount(app.id, { type: "email", subject: email });
  const kept = user && (await deps.store.passwords.find(user.id));
  const matches = await requireHasher(deps).verify(kept?.hash ?? NOBODY, password);
  if (!user || !kept || !matches) return null;
  await deps.store.limits.giveBack(limit);
  const isProven = user.accounts.some(
    ({ type, subject, isVerified }) => type === "email" && subject === email && isVerified,
  );
  return { user, isProven };
}

/** For keeping; the rules are the caller's to check first (password-rules.ts). */
export function hashPassword(deps: PasswordDeps, password: string): Promise<string> {
  return requireHasher(deps).hash(password);
}

function requireHasher({ passwordHasher }: PasswordDeps): PasswordHasher {
  if (passwordHasher) return passwordHasher;
  throw new TypeError("This runtime hashes no passwords: ask offersPasswords first.");
}
