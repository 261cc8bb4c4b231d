/**
 * How acme-client reaches a CA. Its own way has no deadline, waits as long as a Retry-After says,
 * and forgets what kind of problem the CA told; each call through here has ten seconds less than a
 * lease, and keeps the problem.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Agent, request } from "node:https";
import { LatchkeyError } from "@latchkey/core/errors";
import { axios } from "acme-client";

/** All of its requests together. The lease of an order (certificates/issue.ts) is longer. */
const CALL_MS = 20_000;
const MOST_BYTES = 1_000_000;

export interface AcmeTransport {
  /** Runs a call of acme-client, which is rejected as `CertificateAuthority` says. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** One plain request; any status is an answer. */
  get(url: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Call {
  readonly agent: Agent;
  readonly signal: AbortSignal;
  problem: LatchkeyError | null;
}

const calls = new AsyncLocalStorage<Call>();

/** @param ca PEM of CAs that are trusted instead of the machine's; for test CAs */
export function acmeTransport(ca: string | null): AcmeTransport {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ...(ca === null ? {} : { ca }) });
  async function run<T>(work: () => Promise<T>): Promise<T> {
    const call: Call = { agent, signal: AbortSignal.timeout(CALL_MS), problem: null };
    try {
      return await calls.run(call, work);
    } catch (error) {
      throw call.problem ?? unreachable(error);
    }
  }
  return { run, get: (url) => run(() => send(current(), { url, method: "GET" })) };
}

axios.defaults.adapter = async (config) => {
  const headers = config.headers.toJSON();
  const method = (config.method ?? "get").toUpperCase();
  const body = config.data === undefined ? undefined : String(config.data);
  const answer = await send(current(), { url: config.url ?? "", method, headers, body });
  const { status, text } = answer;
  return { data: text, status, statusText: "", headers: plain(answer.headers), config };
};

function current(): Call {
  const call = calls.getStore();
  if (!call) throw new TypeError("call acme-client inside AcmeTransport.run");
  return call;
}

interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers?: object;
  readonly body?: string | undefined;
}

async function send(call: Call, { url, method, headers, body }: Outgoing): Promise<Answer> {
  call.problem = null;
  if (URL.parse(url)?.protocol !== "https:") throw new Error(`${url} is no https address`);
  const answer = await new Promise<Answer>((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        agent: call.agent,
        signal: call.signal,
        headers: {
          ...headers,
          "user-agent": "Latchkey (acme-client)",
          ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
          if (text.length > MOST_BYTES) sent.destroy(new Error(`${url} answered too much`));
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
  if (answer.status >= 400) call.problem = problemIn(answer, url);
  return answer;
}

const PREFIX = "urn:ietf:params:acme:error:";

/** RFC 8555 section 6.7. */
function problemIn({ status, headers, text }: Answer, url: string): LatchkeyError {
  const document = parse(text);
  const type =
    typeof document.type === "string" ? document.type.replace(PREFIX, "") : byStatus(status);
  const told = typeof document.detail === "string" ? document.detail : `${url} answered ${status}`;
  const retryAfter = retryAfterSeconds(headers["retry-after"]);
  return new LatchkeyError("acme_problem", 502, told.slice(0, 500), {
    reason: type,
    ...(retryAfter === null ? {} : { retryAfter }),
  });
}

function byStatus(status: number): string {
  if (status === 429) return "rateLimited";
  return status === 404 ? "notFound" : "serverInternal";
}

function parse(text: string): { readonly type?: unknown; readonly detail?: unknown } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Seconds or a date (RFC 9110 section 10.2.3); null when it says nothing. */
export function retryAfterSeconds(header: string | string[] | undefined): number | null {
  if (typeof header !== "string") return null;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function unreachable(error: unknown): LatchkeyError {
  if (error instanceof LatchkeyError) return error;
  const { name, message } = error as Error;
  const told = name === "AbortError" || name === "TimeoutError" ? "no answer in time" : message;
  return new LatchkeyError("acme_unreachable", 503, told, { cause: error });
}

function plain(headers: Answer["headers"]): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return Object.fromEntries(entries);
}
