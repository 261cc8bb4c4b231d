import type { SessionManager } from "@latchkey/backend/sealed";
import type { Prove } from "./proxy-proof.ts";

/** What `cookies()` of next/headers answers. */
export interface CookieStore {
  getAll(): readonly { readonly name: string; readonly value: string }[];
  /** Throws while a page is rendered. */
  set(name: string, value: string, options: CookieToSet["options"]): unknown;
}

export interface CookieToSet {
  readonly name: string;
  readonly value: string;
  readonly options: {
    path?: string;
    domain?: string;
    /** Seconds. */
    maxAge?: number;
    expires?: Date;
    httpOnly?: boolean;
    secure?: boolean;
    sameSite?: "lax" | "strict" | "none";
  };
}

export interface AppSessions {
  readonly manager: SessionManager;
  readonly redirectUri: string;
  /** Under a secret of the app's: what the proxy says of a request, and no client can. */
  readonly prove: Prove;
}

/** What the functions of the server need of Next, and of the process. */
export interface NextPorts {
  headers(): Promise<Headers>;
  cookies(): Promise<CookieStore>;
  /** By throwing, as Next does. */
  redirect(url: string): never;
  revalidatePath(path: string): void;
  revalidateTag(tag: string): void;
  /** Path and query of the page that is rendered, where Next tells. */
  currentPath(): Promise<string | null>;
  /** Throws a TypeError that names what is wrong with the environment. */
  sessions(): AppSessions;
  /** Milliseconds since the epoch. */
  now(): number;
}
