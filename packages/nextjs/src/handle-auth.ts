import type { CallbackFailure, CallbackSuccess } from "@latchkey/backend/sealed";
import type { NextRequest } from "next/server";
import { keepPrivate } from "./authkit-headers.ts";
import { CallbackError, type CallbackErrorCode } from "./errors.ts";
import type { HandleAuthOptions, HandleAuthSuccessData, Session } from "./interfaces.ts";
import { isControlFlow, redirectTarget } from "./next-control-flow.ts";
import type { AppSessions } from "./ports.ts";
import { saysAway } from "./proxy-word.ts";

type Handler = (request: NextRequest) => Promise<Response>;

/** The Route Handler of the redirect URI. Throws a TypeError for a `baseURL` that is none. */
export function createCallback(
  ports: { sessions(): AppSessions },
  options: HandleAuthOptions = {},
): Handler {
  const { returnPathname = "/", baseURL, onSuccess, onError } = options;
  if (baseURL !== undefined && !/^https?:$/.test(URL.parse(baseURL)?.protocol ?? "")) {
    throw new TypeError(
      `baseURL must be an origin such as "https://app.example.com", not "${baseURL}".`,
    );
  }

  return async (request) => {
    const { manager } = ports.sessions();
    const failed = async (error: unknown) => onError?.({ error, request });
    const thrown: unknown[] = [];
    const response = await manager.handleCallback(request, {
      returnTo: returnPathname,
      isAway: saysAway(request.headers),
      async onSuccess(success) {
        try {
          await onSuccess?.(dataOf(success));
        } catch (error) {
          const target = redirectTarget(error);
          if (target !== null)
            return new Response(null, { status: 303, headers: { location: target } });
          thrown.push(error);
        }
      },
      onError: async (failure) => failed(callbackError(failure)),
    });
    if (thrown.length > 0) return afterFailure(thrown[0], response, failed);
    return baseURL === undefined ? response : at(baseURL, response);
  };
}

/** What `onSuccess` threw: nobody is signed in then, and the flow is over all the same. */
async function afterFailure(
  error: unknown,
  response: Response,
  failed: (error: unknown) => Promise<Response | undefined>,
): Promise<Response> {
  if (isControlFlow(error)) throw error;
  const given = await failed(error);
  if (!given) throw error;
  const answer = new Response(given.body, given);
  keepPrivate(answer.headers);
  const isOfFlow = (line: string) => /^wos-auth-verifier-/.test(line);
  for (const line of response.headers.getSetCookie().filter(isOfFlow)) {
    answer.headers.append("set-cookie", line);
  }
  return answer;
}

/** Its path, at another origin: where requests name a host inside of a container. */
function at(baseURL: string, response: Response): Response {
  const location = response.headers.get("location");
  if (location?.startsWith("/")) {
    const path = new URL(location, "https://paths.invalid");
    const url = new URL(path.pathname + path.search + path.hash, baseURL);
    response.headers.set("location", url.href);
  }
  return response;
}

function dataOf({ session, state }: CallbackSuccess): HandleAuthSuccessData {
  return { ...(session as unknown as Session), state };
}

const CODES: Readonly<Record<string, CallbackErrorCode>> = {
  missing_parameters: "missing_auth_params",
  unknown_state: "missing_pkce_cookie",
  invalid_grant: "invalid_grant",
  session_server_unavailable: "session_server_unavailable",
  session_too_large: "session_too_large",
};

function callbackError({ code, status, message, request }: CallbackFailure): CallbackError {
  const { pathname, searchParams } = new URL(request.url);
  const error = searchParams.get("error");
  const context = {
    path: pathname,
    userAgent: request.headers.get("user-agent") ?? undefined,
    hasCode: searchParams.has("code"),
    hasState: searchParams.has("state"),
  };
  if (error) {
    const description = searchParams.get("error_description");
    const data = { error, ...(description !== null && { error_description: description }), status };
    return new CallbackError(`${message} (${code})`, "authorization_error", context, data);
  }
  const known = code === "unknown_state" && !context.hasState ? "missing_auth_params" : CODES[code];
  return new CallbackError(message, known ?? "refused", context, { error: code, status });
}
