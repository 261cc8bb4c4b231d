import { lookup as resolve } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { type AddressRules, addressProblem, isPublicAddress } from "../outbound/address-rules.ts";
import { OutboundError } from "../outbound/outbound-error.ts";
import type { OutboundFetch, OutboundRequest } from "../outbound/outbound-fetch.ts";

export interface OutboundOptions extends AddressRules {
  readonly maxBytes: number;
  /** What becomes of an answer that is larger; default: it is refused. */
  readonly tooLarge?: "refuse" | "cut";
  readonly timeoutMs: number;
  /** Names to addresses; default: the operating system. */
  readonly resolve?: typeof resolve;
}

/** A new connection for each call, so that each is judged by the address that it really goes to. */
export function outboundFetch(options: OutboundOptions): OutboundFetch {
  const lookup = options.allowPrivate ? undefined : publicOnly(options.resolve ?? resolve);
  return async (text, request = {}) => {
    const url = URL.parse(text);
    const problem = url === null ? "is not a web address" : addressProblem(url, options);
    if (url === null || problem !== null) throw new OutboundError("refused", `${text} ${problem}`);
    const deadline = AbortSignal.timeout(options.timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
    try {
      const answer = await send(url, request, { signal, ...(lookup && { lookup }) });
      const body = await readAll(answer, options);
      return toResponse(answer, body);
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      if (signal.aborted) {
        throw new OutboundError("timeout", `${url.origin} did not answer in time`, error);
      }
      throw new OutboundError("network", `${url.origin} could not be reached`, error);
    }
  };
}

/** Judges what a name resolves to at the very lookup that the connection uses (no DNS rebinding). */
function publicOnly(lookupAll: typeof resolve): LookupFunction {
  return (hostname, options, callback) => {
    lookupAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => !isPublicAddress(address))) {
        const words = `${hostname} is inside this server's own network`;
        return callback(new OutboundError("refused", words), "");
      }
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

interface Connection {
  readonly signal: AbortSignal;
  readonly lookup?: LookupFunction;
}

function send(
  url: URL,
  { method = "GET", headers = {}, body }: OutboundRequest,
  connection: Connection,
): Promise<IncomingMessage> {
  const sent = body === undefined || body === null ? null : Buffer.from(String(body));
  const open = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((done, fail) => {
    const request = open(
      url,
      {
        method,
        agent: false,
        ...connection,
        headers: {
          "accept-encoding": "identity",
          ...Object.fromEntries(new Headers(headers as Record<string, string>)),
          ...(sent && { "content-length": String(sent.byteLength) }),
        },
      },
      done,
    );
    request.on("error", fail);
    request.end(sent ?? undefined);
  });
}

async function readAll(
  answer: IncomingMessage,
  { maxBytes, tooLarge }: OutboundOptions,
): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.byteLength;
    if (size > maxBytes) {
      answer.destroy();
      if (tooLarge === "cut") return Buffer.concat([...parts, part]).subarray(0, maxBytes);
      throw new OutboundError("too_large", `the answer is larger than ${maxBytes} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Of these the Fetch standard allows no body (section 2.2.3). */
const WITHOUT_BODY = [204, 205, 304];

function toResponse(answer: IncomingMessage, body: Buffer<ArrayBuffer>): Response {
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 599) throw new OutboundError("network", `answered ${status}`);
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
}
