import { currentRequest } from "./current-request.ts";
import type { GetSignInUrlOptions } from "./interfaces.ts";
import type { NextPorts } from "./ports.ts";
import { setCookies } from "./set-cookie-lines.ts";
import { redirectUriOf } from "./with-auth.ts";

/**
 * Where to send the browser to sign in. In Server Actions and Route Handlers the address of the
 * session server, with the cookie of the flow set; on a page an address of this app that leads there
 * when it is opened, so that it can stand in a link.
 */
export async function signInUrl(
  ports: NextPorts,
  screenHint: "sign-in" | "sign-up",
  options: GetSignInUrlOptions = {},
): Promise<string> {
  const { request, store, headers } = await currentRequest(ports);
  const { manager } = ports.sessions();
  const asked = {
    ...options,
    redirectUri: options.redirectUri ?? (await redirectUriOf(ports, headers)),
    screenHint,
  };
  const started = await manager.startSignIn(request, asked);
  try {
    setCookies(store, started.headers.getSetCookie());
    return started.url;
  } catch {
    return manager.startUrl({ ...asked, mode: "sign_in" });
  }
}
