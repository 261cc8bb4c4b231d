import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { offersPasswords } from "../users/passwords.ts";
import type { LoginRequest } from "./login-request.ts";

/** How the app's people prove who they are. */
export interface LoginMethods {
  readonly code: boolean;
  readonly password: boolean;
  /** Beside another way: who has none yet comes in by that. */
  readonly passkey: boolean;
  /** Providers that the page offers: the app's, and those of the organization that is asked for. */
  readonly providers: readonly IdentityProvider[];
  /** Whether there is anything to do with an address. */
  readonly address: boolean;
}

/** Throws `disallowed_login_method` when the app has none that the hosted pages offer. */
export async function loginMethods(
  services: Services,
  app: App,
  organizationId: string | null = null,
): Promise<LoginMethods> {
  const enabled = await services.providers.ofApp(app.id);
  const code = app.settings.emailAuth;
  const password = offersPasswords(services, app);
  const isBound = enabled.some(({ domains }) => domains.length > 0);
  const methods = {
    ...{ code, password, passkey: app.settings.passkeyAuth, address: code || password || isBound },
    providers: enabled.filter(
      (provider) => provider.organizationId === null || provider.organizationId === organizationId,
    ),
  };
  if (methods.address || methods.providers.length > 0) return methods;
  throw notOffered("emailAuth or passwordAuth");
}

/** A code signs in where the app says so; where it does not, it only puts a new password in force. */
export function requireCodeAllowed(
  methods: LoginMethods,
  request: Pick<LoginRequest, "newPasswordHash">,
): void {
  if (methods.code || (methods.password && request.newPasswordHash !== null)) return;
  throw notOffered("emailAuth");
}

export function requirePasswords(methods: LoginMethods): void {
  if (!methods.password) throw notOffered("passwordAuth");
}

function notOffered(setting: string): LatchkeyError {
  return new LatchkeyError(
    "disallowed_login_method",
    403,
    `This app does not sign in this way. Switch ${setting} on in its settings.`,
  );
}
