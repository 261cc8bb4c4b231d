import type { AuthResult, LatchkeyBackend } from "@latchkey/backend";
import { headers } from "next/headers";

/**
 * Who asks for what is rendered now, in a server component, Route Handler or server function. The
 * token is verified here, whether a proxy saw the request or not: no header that came along is believed.
 */
export async function readSession(backend: LatchkeyBackend): Promise<AuthResult> {
  return backend.authenticateRequest({ headers: await headers() });
}
