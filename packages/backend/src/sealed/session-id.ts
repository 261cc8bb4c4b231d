import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import { decodeJwt } from "@latchkey/core/tokens/jwt";

/** Which session it is, by its token; proven by the seal that it came in, also when it is over. */
export function sessionIdOf({ accessToken }: SealedSession): string {
  const sid = decodeJwt(accessToken)?.payload.sid;
  return typeof sid === "string" ? sid : "";
}
