import type { NextRequest } from "next/server";
import type { GetSignInUrlOptions } from "./interfaces.ts";
import type { AppSessions } from "./ports.ts";

export interface HandleSignInOptions extends GetSignInUrlOptions {
  screenHint?: "sign-in" | "sign-up" | undefined;
}

/** `?return_to=` of the request wins over `returnTo`; both are cut down to a path of this site. */
export function createSignIn(
  ports: { sessions(): AppSessions },
  { returnTo, ...options }: HandleSignInOptions = {},
): (request: NextRequest) => Promise<Response> {
  return async (request) => {
    const asked = new URL(request.url).searchParams.get("return_to");
    const { manager } = ports.sessions();
    const { url, headers } = await manager.startSignIn(request, {
      ...options,
      returnTo: asked ?? returnTo,
    });
    headers.set("location", url);
    return new Response(null, { status: 303, headers });
  };
}
