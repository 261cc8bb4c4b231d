import { authkitProxy } from "@workos-inc/authkit-nextjs";

const { EAGER_AUTH, REFRESH_BUFFER_SECONDS } = process.env;

export const proxy = authkitProxy({
  eagerAuth: EAGER_AUTH === "true",
  ...(REFRESH_BUFFER_SECONDS && { refreshBufferSeconds: Number(REFRESH_BUFFER_SECONDS) }),
  middlewareAuth: {
    enabled: true,
    unauthenticatedPaths: [
      "/",
      "/account",
      "/client",
      "/sign-in",
      "/sign-up",
      "/api/:path*",
      "/bye",
    ],
  },
});

export const config = { matcher: ["/((?!_next/|favicon.ico).*)"] };
