import { authkitProxy } from "@latchkey/nextjs";

// Keeps the session fresh on every route, and lets nobody but who is signed in by: all pages are
// protected but those that are named.
export const proxy = authkitProxy({
  eagerAuth: true,
  middlewareAuth: { enabled: true, unauthenticatedPaths: ["/"] },
});

// Files of the build need no session.
export const config = { matcher: ["/((?!_next/|favicon.ico).*)"] };
