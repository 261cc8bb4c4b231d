import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { TLSSocket } from "node:tls";
import { QuickHeaders } from "./quick-headers.ts";

/** Targets and hosts that make up a URL as they stand; whatever else is parsed with more care. */
const TARGET = /^\/[!$&(-;=?-Z_a-z~]*$/;
const DOTS = /\/\.\.?(?:[/?]|$)/;
const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?:[1-5][0-9]{3,4}|[6-9][0-9]{3}))?$/;
/** A host whose last label begins with a digit is an address, which a URL writes in its own way. */
const NUMBER_AT_END = /(?:^|\.)[0-9][^.:]*(?::|$)/;
const IPV4 = /^127\.0\.0\.1(?::|$)/;

/** A request as a web Request, for an everyday one; null for what needs more care. */
export function quickRequest(incoming: IncomingMessage): Request | null {
  const { method, url = "" } = incoming;
  if (method !== "GET" && method !== "POST") return null;
  const { host = "" } = incoming.headers;
  if (!TARGET.test(url) || DOTS.test(url) || !HOST.test(host)) return null;
  if (NUMBER_AT_END.test(host) && !IPV4.test(host)) return null;
  const scheme = (incoming.socket as TLSSocket).encrypted ? "https" : "http";
  return new QuickRequest(incoming, method, `${scheme}://${host}${url}`);
}

/** Becomes one of the web's own only for who asks for more than its parts or its whole body. */
class QuickRequest implements Request {
  readonly duplex = "half";
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly #incoming: IncomingMessage;
  #isRead = false;
  #whole: Request | undefined;

  constructor(incoming: IncomingMessage, method: string, url: string) {
    this.#incoming = incoming;
    this.method = method;
    this.url = url;
    this.headers = new QuickHeaders(incoming.rawHeaders);
  }

  get #request(): Request {
    if (this.#whole) return this.#whole;
    const hasBody = this.method === "POST" && !this.#isRead;
    this.#whole = new Request(this.url, {
      method: this.method,
      headers: [...this.headers],
      ...(hasBody && { body: Readable.toWeb(this.#incoming) as ReadableStream, duplex: "half" }),
    });
    return this.#whole;
  }

  get bodyUsed() {
    return this.#isRead || (this.#whole?.bodyUsed ?? false);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#whole) return this.#whole.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    if (this.#isRead) return Promise.reject(new TypeError("The body has been read already."));
    this.#isRead = true;
    return readWhole(this.#incoming);
  }
  async arrayBuffer() {
    return (await this.bytes()).buffer;
  }
  async blob() {
    return new Blob([await this.bytes()]);
  }
  async text() {
    return new TextDecoder().decode(await this.bytes());
  }
  async json() {
    return JSON.parse(await this.text());
  }

  get body() {
    return this.#request.body;
  }
  get cache() {
    return this.#request.cache;
  }
  get credentials() {
    return this.#request.credentials;
  }
  get destination() {
    return this.#request.destination;
  }
  get integrity() {
    return this.#request.integrity;
  }
  get keepalive() {
    return this.#request.keepalive;
  }
  get mode() {
    return this.#request.mode;
  }
  get redirect() {
    return this.#request.redirect;
  }
  get referrer() {
    return this.#request.referrer;
  }
  get referrerPolicy() {
    return this.#request.referrerPolicy;
  }
  get signal() {
    return this.#request.signal;
  }
  clone() {
    return this.#request.clone();
  }
  formData() {
    return this.#request.formData();
  }
}

Object.setPrototypeOf(QuickRequest.prototype, Request.prototype);

/**
 * In memory of its own: a Buffer may be a part of what others share. Rejects when the sender goes
 * away before the end.
 */
function readWhole(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    const whole = () =>
      resolve(new Uint8Array(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    if (incoming.readableEnded) return whole();
    if (incoming.destroyed) return reject(incoming.errored ?? new Error("The connection closed."));
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", whole);
    incoming.on("error", reject);
    incoming.on("close", () => {
      // Every request closes; an error costs as much as reading the body.
      if (!incoming.readableEnded) reject(new Error("The connection closed."));
    });
  });
}
