import { lookup as resolve } from "node:dns";
import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { HttpExchange, HttpRequest } from "../outbound/http-exchange.ts";

/** `lookupAll`: names to addresses; default: as the operating system does. */
export function httpExchange(lookupAll: typeof resolve = resolve): HttpExchange {
  return async (request) => {
    let isRefused = false;
    const { mayReach } = request;
    const lookup: LookupFunction = (hostname, options, callback) => {
      lookupAll(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, "");
        const [first] = addresses;
        if (!first || addresses.some(({ address }) => mayReach?.(address) === false)) {
          isRefused = true;
          return callback(new Error(`${hostname} is not to be reached`), "");
        }
        if (options.all) return callback(null, addresses);
        return callback(null, first.address, first.family);
      });
    };
    try {
      const answer = await send(request, mayReach ? lookup : undefined);
      const headers = new Headers();
      for (const [name, values] of Object.entries(answer.headersDistinct)) {
        for (const value of values ?? []) headers.append(name, value);
      }
      const status = answer.statusCode ?? 0;
      return { kind: "answered", status, headers, ...(await readUpTo(answer, request.maxBytes)) };
    } catch (error) {
      if (isRefused) return { kind: "refused" };
      throw error;
    }
  };
}

function send(
  { url, method, headers, body, signal }: HttpRequest,
  lookup: LookupFunction | undefined,
): Promise<IncomingMessage> {
  const sent = body === null ? null : Buffer.from(body);
  const open = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((done, fail) => {
    const request = open(
      url,
      {
        method,
        agent: false,
        signal,
        ...(lookup && { lookup }),
        headers: {
          "accept-encoding": "identity",
          ...headers,
          ...(sent && { "content-length": String(sent.byteLength) }),
        },
      },
      done,
    );
    request.on("error", fail);
    request.end(sent ?? undefined);
  });
}

async function readUpTo(answer: IncomingMessage, maxBytes: number) {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.byteLength;
    if (size <= maxBytes) continue;
    answer.destroy();
    return { body: Buffer.concat(parts).subarray(0, maxBytes), isCut: true };
  }
  return { body: Buffer.concat(parts), isCut: false };
}
