import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { Services } from "../services.ts";
import { offersPasswords } from "../users/passwords.ts";
import type { LoginRequest } from "./login-request.ts";

/** How the app's people prove who they are. */
export interface LoginMethods {
  readonly code: boolean;
  readonly password: boolean;
}

/** Throws `disallowed_login_method` when the app has none that the hosted pages offer. */
export function loginMethods(services: Services, app: App): LoginMethods {
  const methods = { code: app.settings.emailAuth, password: offersPasswords(services, app) };
  if (methods.code || methods.password) return methods;
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
