import type { SessionRequest } from "@latchkey/backend/sealed";
import { currentRequest } from "./current-request.ts";
import type { Session } from "./interfaces.ts";
import type { NextPorts } from "./ports.ts";
import { requireSettableCookies } from "./refresh-session.ts";
import { setCookies } from "./set-cookie-lines.ts";

/**
 * Keeps a session that came some other way than by the callback, such as by password. Of the answer
 * only what belongs to a session is sealed. `request`, or its URL, says whether cookies are `Secure`.
 */
export async function saveSession(
  ports: NextPorts,
  session: Session,
  request: SessionRequest | string,
): Promise<void> {
  const current = await currentRequest(ports);
  requireSettableCookies(current, "saveSession");
  const url = typeof request === "string" ? request : request.url;
  const asked = { url, headers: current.request.headers };
  const headers = await ports.sessions().manager.saveSession(asked, sealable(session));
  setCookies(current.store, headers.getSetCookie());
}

type Sealable = Parameters<ReturnType<NextPorts["sessions"]>["manager"]["saveSession"]>[1];

/** What is undefined is left out; which fields count the seal decides. */
function sealable(session: Session): Sealable {
  const entries = Object.entries(session).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as Sealable;
}
