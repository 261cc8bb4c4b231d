/** One question to a provider, and what went wrong in words that end a sentence. */
import { OutboundError } from "../outbound/outbound-error.ts";
import type { OutboundFetch, OutboundRequest } from "../outbound/outbound-fetch.ts";

export type AskedJson =
  | { readonly kind: "answered"; readonly status: number; readonly body: Record<string, unknown> }
  | { readonly kind: "failed"; readonly text: string; readonly hint: string | null };

/** Of a GET only 200 is an answer; of a POST every status with JSON. */
export async function askJson(
  outbound: OutboundFetch,
  url: string,
  request: OutboundRequest = {},
): Promise<AskedJson> {
  const failed = (text: string, hint: string | null = null): AskedJson => ({
    kind: "failed",
    text,
    hint,
  });
  let answer: Response;
  try {
    const headers = new Headers(request.headers as Record<string, string>);
    headers.set("accept", "application/json");
    answer = await outbound(url, { ...request, headers });
  } catch (error) {
    return failed(...outboundWords(error));
  }
  const { status } = answer;
  if (status >= 300 && status < 400) {
    const to = answer.headers.get("location") ?? "elsewhere";
    return failed(`redirects to ${to}`, "Redirects are not followed: use the address it leads to.");
  }
  const isGet = (request.method ?? "GET") === "GET";
  if (isGet && status !== 200) return failed(`answered ${status}`);
  const body = await answer.json().catch(() => null);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return failed(`answered ${status} with something that is not a JSON document`);
  }
  return { kind: "answered", status, body: body as Record<string, unknown> };
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: "could not be reached: its name is not in the DNS",
  EAI_AGAIN: "could not be reached: the DNS did not answer",
  ECONNREFUSED: "could not be reached: nothing listens there",
  ECONNRESET: "could not be reached: it hung up",
  EHOSTUNREACH: "could not be reached: there is no way to it from here",
  ENETUNREACH: "could not be reached: there is no way to it from here",
  CERT_HAS_EXPIRED: "could not be trusted: its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "could not be trusted: it signed its certificate itself",
  SELF_SIGNED_CERT_IN_CHAIN: "could not be trusted: its certificate is of no public authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "could not be trusted: it leaves out part of its certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "could not be trusted: its certificate is for another name",
};

/** What happened, and a hint of what to look at. */
export function outboundWords(error: unknown): [text: string, hint: string | null] {
  if (!(error instanceof OutboundError)) throw error;
  switch (error.reason) {
    case "timeout":
      return ["did not answer within five seconds", "Is it up, and may this server reach it?"];
    case "too_large":
      return ["answered with more than a provider should", null];
    case "refused":
      return [
        "is not asked: it is no https address of the public internet",
        "Whoever runs this server can allow providers in its own network.",
      ];
    case "network": {
      const { code = "" } = (error.cause ?? {}) as { code?: string };
      const text = CAUSES[code] ?? "could not be reached";
      return [text, "Is the address right, and may this server reach it?"];
    }
  }
}
