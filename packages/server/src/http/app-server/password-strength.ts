import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../../apps/app-directory.ts";
import { passwordProblem } from "../../users/password-rules.ts";

/** Throws 422 `password_strength_error` for a password that the hosted pages refuse too. */
export function requireStrongPassword(app: App, email: string, password: string): void {
  const problem = passwordProblem(password, { email, appName: app.name });
  if (problem) throw new LatchkeyError("password_strength_error", 422, problem);
}
