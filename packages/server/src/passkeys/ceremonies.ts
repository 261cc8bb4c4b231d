/** Beginning a ceremony: what the page hands to the authenticator, with a challenge of its own. */
import { LatchkeyError } from "@latchkey/core/errors";
import type {
  PasskeyCreationOptions,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import type { App } from "../apps/app-directory.ts";
import { newCuid } from "../apps/ids.ts";
import type { Store, User } from "../storage/store.ts";
import { requireNoAllowlist } from "../users/allowlist.ts";
import { type ChallengeDeps, issueChallenge } from "./challenges.ts";
import { accountName, creationOptions, requestOptions } from "./options.ts";
import { type PasskeyPage, relyingPartyId } from "./relying-party.ts";

export interface CeremonyDeps extends ChallengeDeps {
  readonly store: Pick<Store, "passkeys">;
  readonly now: () => number;
}

/** Throws `disallowed_login_method` where the app has no passkeys. */
export function requirePasskeys(app: App): void {
  if (!app.settings.passkeyAuth) throw notOffered("passkeys", "passkeyAuth");
}

/** The same, and `allowlist_rejected`: who comes by passkey alone has no address to be listed. */
export function requirePasskeySignUp(app: App): void {
  requirePasskeys(app);
  if (!app.settings.passkeysForSignup) {
    throw notOffered("sign-up by passkey: sign up another way and add one", "passkeysForSignup");
  }
  requireNoAllowlist(app);
}

/** Signing in, by whichever passkey the person picks. `asked` is the relying party that a client named. */
export async function beginPasskeySignIn(
  deps: CeremonyDeps,
  page: PasskeyPage,
  asked: string | null = null,
): Promise<PasskeyRequestOptions> {
  requirePasskeys(page.app);
  const rpId = relyingPartyId(page, asked);
  const ceremony = { purpose: "authenticate", userId: null } as const;
  return requestOptions(await issueChallenge(deps, page, ceremony, rpId), rpId);
}

/** A passkey for a user who is not there yet. */
export async function beginPasskeySignUp(
  deps: CeremonyDeps,
  page: PasskeyPage,
  asked: string | null = null,
): Promise<PasskeyCreationOptions> {
  requirePasskeySignUp(page.app);
  return creation(deps, page, { purpose: "register", userId: newCuid() }, null, asked);
}

/** One more passkey for a signed-in user. */
export async function beginPasskeyLink(
  deps: CeremonyDeps,
  page: PasskeyPage,
  user: User,
  asked: string | null = null,
): Promise<PasskeyCreationOptions> {
  requirePasskeys(page.app);
  return creation(deps, page, { purpose: "link", userId: user.id }, user, asked);
}

async function creation(
  deps: CeremonyDeps,
  page: PasskeyPage,
  ceremony: { readonly purpose: "register" | "link"; readonly userId: string },
  user: User | null,
  asked: string | null,
): Promise<PasskeyCreationOptions> {
  const { app } = page;
  const rpId = relyingPartyId(page, asked);
  return creationOptions({
    challenge: await issueChallenge(deps, page, ceremony, rpId),
    rpId,
    appName: app.name,
    userId: ceremony.userId,
    userName: accountName(user, app.name, deps.now()),
    existing: user ? await deps.store.passkeys.ofUser(app.id, user.id) : [],
  });
}

function notOffered(what: string, setting: string): LatchkeyError {
  return new LatchkeyError(
    "disallowed_login_method",
    403,
    `This app has no ${what}. Switch ${setting} on in its settings.`,
  );
}
