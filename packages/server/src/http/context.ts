/** What a handler knows of its request beside the request itself. */
import type { LatchkeyError } from "@latchkey/core/errors";
import type { Context } from "hono";
import type { App, AppClient } from "../apps/app-directory.ts";
import type { CookieMode } from "../cookies/cookie-mode.ts";
import type { ActiveDomain } from "../domains/active-domain.ts";
import type { HeaderList } from "./plain-response.ts";

export interface Bindings {
  /** Address of the client, as far as configured proxies vouch for it. */
  readonly ip: string | null;
}

export interface Caller {
  readonly app: App;
  readonly client: AppClient | null;
  readonly origin: string | null;
  /** The app's verified domain. */
  readonly domain: ActiveDomain | null;
  /** Set where this very request's session is kept in cookies: it came to the session host. */
  readonly cookies: CookieMode | null;
}

export interface RequestEnv {
  Bindings: Bindings;
  Variables: {
    requestId: string;
    /** What the answer carries unless its handler says otherwise. */
    headers: HeaderList;
    caller: Caller;
    /** The app whose users the request is of, where no `caller` says it: what is counted is its. */
    appId?: string;
    /** How this path writes an error; without one, as the browser protocol does. */
    errorBody?: (error: LatchkeyError) => object;
    /** How the call proves itself, for WWW-Authenticate (RFC 9110 section 11.6.1). */
    challenge?: string;
  };
}

export type RequestContext = Context<RequestEnv>;
