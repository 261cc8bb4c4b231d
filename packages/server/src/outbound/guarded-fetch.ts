import { type AddressRules, addressProblem, isPublicAddress } from "./address-rules.ts";
import type { HttpAnswer, HttpExchange } from "./http-exchange.ts";
import { OutboundError } from "./outbound-error.ts";
import type { OutboundFetch, OutboundRequest } from "./outbound-fetch.ts";

export interface OutboundOptions extends AddressRules {
  readonly maxBytes: number;
  /** What becomes of an answer that is larger; default: it is refused. */
  readonly tooLarge?: "refuse" | "cut";
  readonly timeoutMs: number;
}

export function guardedFetch(exchange: HttpExchange, options: OutboundOptions): OutboundFetch {
  const { maxBytes, timeoutMs, allowPrivate, tooLarge = "refuse" } = options;
  const mayReach = allowPrivate ? null : isPublicAddress;
  return async (text, request = {}) => {
    const url = URL.parse(text);
    const problem = url === null ? "is not a web address" : addressProblem(url, options);
    if (url === null || problem !== null) throw new OutboundError("refused", `${text} ${problem}`);
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
    const answer = await exchange({
      ...asSent(request),
      url,
      signal,
      maxBytes,
      mayReach,
    }).catch((error: unknown) => {
      if (signal.aborted) {
        throw new OutboundError("timeout", `${url.origin} did not answer in time`, error);
      }
      throw new OutboundError("network", `${url.origin} could not be reached`, error);
    });
    if (answer.kind === "refused") {
      throw new OutboundError("refused", `${url.hostname} is inside this server's own network`);
    }
    if (answer.isCut && tooLarge === "refuse") {
      throw new OutboundError("too_large", `the answer is larger than ${maxBytes} bytes`);
    }
    return toResponse(answer);
  };
}

function asSent({ method = "GET", headers = {}, body = null }: OutboundRequest) {
  return {
    method,
    headers: Object.fromEntries(new Headers(headers as Record<string, string>)),
    body: body === null ? null : String(body),
  };
}

/** Of these the Fetch standard allows no body (section 2.2.3). */
const WITHOUT_BODY = [204, 205, 304];

function toResponse(answer: Extract<HttpAnswer, { kind: "answered" }>): Response {
  const { status, headers, body } = answer;
  if (status < 200 || status > 599) throw new OutboundError("network", `answered ${status}`);
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
}
