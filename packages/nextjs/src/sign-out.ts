import { currentRequest } from "./current-request.ts";
import { EAGER_REMOVAL } from "./eager-token.ts";
import type { NextPorts } from "./ports.ts";
import { requireSettableCookies } from "./refresh-session.ts";
import { setCookies } from "./set-cookie-lines.ts";

export interface SignOutOptions {
  /** A path on this site or a URL, on the app's list (`logoutUris`). */
  returnTo?: string | undefined;
}

/** Removes every cookie of the session, and answers where the session server ends it. */
export async function endSession(
  ports: NextPorts,
  { returnTo }: SignOutOptions = {},
): Promise<string> {
  const current = await currentRequest(ports);
  requireSettableCookies(current, "signOut");
  const answer = await ports.sessions().manager.signOut(current.request, { returnTo });
  setCookies(current.store, [...answer.headers.getSetCookie(), EAGER_REMOVAL]);
  return answer.headers.get("location") ?? "/";
}
