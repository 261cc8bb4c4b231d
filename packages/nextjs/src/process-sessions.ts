/** One session manager for the process: it holds keys, verified tokens and refreshes under way. */
import { createSessionManager, readSessionEnvironment } from "@latchkey/backend/sealed";
import type { AppSessions } from "./ports.ts";
import { proxyProof } from "./proxy-proof.ts";

// Next loads a module once for the proxy, once for pages, once for actions.
const SHARED = Symbol.for("latchkey.nextjs.sessions");

type Shared = typeof globalThis & { [SHARED]?: AppSessions };

/** Reads the environment at the first request: `next build` has none. Throws a TypeError. */
export function processSessions(): AppSessions {
  const shared = globalThis as Shared;
  shared[SHARED] ??= createSessions();
  return shared[SHARED];
}

function createSessions(): AppSessions {
  const options = readSessionEnvironment({
    ...process.env,
    // By these very words Next puts the value in at the build.
    NEXT_PUBLIC_LATCHKEY_REDIRECT_URI: process.env.NEXT_PUBLIC_LATCHKEY_REDIRECT_URI,
    NEXT_PUBLIC_WORKOS_REDIRECT_URI: process.env.NEXT_PUBLIC_WORKOS_REDIRECT_URI,
  });
  if (process.env.WORKOS_CLAIM_TOKEN) {
    console.warn("latchkey: WORKOS_CLAIM_TOKEN means nothing to a server of your own: remove it.");
  }
  const { redirectUri, cookiePassword } = options;
  const prove = proxyProof(JSON.stringify(cookiePassword));
  return { manager: createSessionManager(options), redirectUri, prove };
}
