import { markPrivate } from "../private-response.ts";

/** Headers for a response that depends on a session (session rule R8), with these cookies. */
export function sessionHeaders(setCookies: readonly string[] = []): Headers {
  const headers = new Headers();
  for (const line of setCookies) headers.append("set-cookie", line);
  markPrivate(headers);
  return headers;
}

/**
 * Puts a result's headers on a response of your own, over what a framework set; call it last. Makes
 * a copy where the response's headers are immutable.
 */
export function withSessionHeaders(response: Response, headers: Headers): Response {
  const answer = new Response(response.body, response);
  for (const line of headers.getSetCookie()) answer.headers.append("set-cookie", line);
  markPrivate(answer.headers);
  return answer;
}
