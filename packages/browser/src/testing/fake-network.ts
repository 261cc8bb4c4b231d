/** What may happen to a request on its way to the server and to the answer on its way back. */
import type { FakeServer, HttpOnlyCookies } from "./fake-server.ts";

export type Fault =
  | { readonly kind: "none" }
  /** The request never arrives; the page learns of it. */
  | { readonly kind: "unreachable" }
  /** The server acts; the answer is lost and the page learns of it. */
  | { readonly kind: "answer_lost" }
  /** The server acts; the page never hears anything. */
  | { readonly kind: "hangs" }
  /** Something on the way answers instead of the server. */
  | {
      readonly kind: "instead";
      readonly status: number;
      readonly body: string;
      readonly headers?: Record<string, string>;
    };

export interface Passage {
  readonly fault: Fault;
  /** Milliseconds there and back. */
  readonly there: number;
  readonly back: number;
}

export const DIRECT: Passage = { fault: { kind: "none" }, there: 0, back: 0 };

export const instead = (
  status: number,
  body: string | object = "<!doctype html><title>oops</title>",
  headers: Record<string, string> = {},
): Passage => ({
  ...DIRECT,
  fault: {
    kind: "instead",
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
  },
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A fetch through a network that `passage` decides about, request by request. */
export function fetchThrough(
  server: FakeServer,
  passage: (path: string) => Passage,
  cookies: HttpOnlyCookies | null,
): typeof fetch {
  return async (input, init = {}) => {
    const path = new URL(String(input)).pathname.replace("/api/v1", "");
    const { fault, there, back } = passage(path);
    await pause(there);
    if (fault.kind === "unreachable") throw new TypeError("Failed to fetch");
    if (fault.kind === "instead") {
      await pause(back);
      return new Response(fault.body, { status: fault.status, headers: fault.headers ?? {} });
    }
    const answer = server.handle(path, init, cookies);
    await pause(back);
    if (fault.kind === "answer_lost") throw new TypeError("Failed to fetch");
    if (fault.kind === "hangs") return new Promise<Response>(() => {});
    return answer;
  };
}
