/** Puts a session's headers on a response of node:http so that they are what is sent. */
import { markPrivate, OVERRIDING_HEADERS } from "../private-response.ts";

/** What of `res` of node:http, and of what is built on it, is needed here. */
export interface HeaderResponse {
  getHeader(name: string): unknown;
  setHeader(name: string, value: string | readonly string[]): unknown;
  removeHeader(name: string): unknown;
  writeHead(...given: never[]): unknown;
}

/** The Set-Cookie lines that each response must carry, in the order in which they came. */
const promised = new WeakMap<HeaderResponse, string[]>();

/**
 * Puts a result's headers on a response. Whatever the app or its framework says later, it is kept
 * from caches (session rule R8) and its cookies are sent: one that a refresh brought and that gets
 * lost is a session that gets lost.
 */
export function setSessionHeaders(res: HeaderResponse, headers: Headers): void {
  const lines = headers.getSetCookie();
  // At once too: responses of HTTP/2 send their headers without a call of writeHead.
  addCookies(res, res.getHeader("set-cookie"), lines);
  makePrivate(res, res.getHeader("vary"));
  const earlier = promised.get(res);
  if (earlier) earlier.push(...lines);
  else {
    promised.set(res, lines);
    insistOn(res, lines);
  }
}

function insistOn(res: HeaderResponse, lines: readonly string[]): void {
  const writeHead = res.writeHead;
  res.writeHead = (...given: unknown[]) => {
    const last = given.at(-1);
    const hasHeaders = typeof last === "object" && last !== null;
    const named = hasHeaders ? readNamed(last) : new Map<string, unknown>();
    addCookies(res, named.get("set-cookie") ?? res.getHeader("set-cookie"), lines);
    for (const name of [
      "set-cookie",
      ...makePrivate(res, named.get("vary") ?? res.getHeader("vary")),
    ]) {
      named.delete(name);
    }
    const before = hasHeaders ? given.slice(0, -1) : given;
    return writeHead.apply(res, [...before, Object.fromEntries(named)] as never[]);
  };
}

/** writeHead takes an object, a list of names and values in turn, or one of pairs. */
function readNamed(headers: object): Map<string, unknown> {
  const named = new Map<string, unknown>();
  const add = (name: unknown, value: unknown) => {
    const key = String(name).toLowerCase();
    const before = named.get(key);
    named.set(key, before === undefined ? value : [before, value].flat());
  };
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) add(name, value);
  } else if (Array.isArray(headers[0])) {
    for (const [name, value] of headers) add(name, value);
  } else {
    for (let i = 0; i < headers.length; i += 2) add(headers[i], headers[i + 1]);
  }
  return named;
}

/** Those of `lines` that are not among the `present` ones are added to them. */
function addCookies(res: HeaderResponse, present: unknown, lines: readonly string[]): void {
  const kept = [present ?? []].flat().map(String);
  const all = [...kept, ...lines.filter((line) => !kept.includes(line))];
  if (all.length > 0) res.setHeader("set-cookie", all);
}

/** The names of what it set and took away. */
function makePrivate(res: HeaderResponse, vary: unknown): string[] {
  const marked = new Headers();
  if (vary) marked.set("vary", String(vary));
  markPrivate(marked);
  for (const name of OVERRIDING_HEADERS) res.removeHeader(name);
  for (const [name, value] of marked) res.setHeader(name, value);
  return [...OVERRIDING_HEADERS, ...marked.keys()];
}
