/**
 * A value that is too long for one cookie, over several: `name.0`, `name.1`, … each of them
 * `<count>.<digest>.<part>`. All or nothing: count and digest say which parts belong together, so
 * that parts of an older value, of which browsers keep some for longer, are never mixed in.
 *
 * The digest finds parts that belong together. It proves nothing of who wrote them: the seal does.
 */

import type { RequestCookie } from "../cookies/cookie-header.ts";
import { type CryptoPort, crypto } from "../crypto/index.ts";
import { base64url, utf8 } from "../encoding.ts";
import type { CookieAttributes } from "./cookie-attributes.ts";
import { serializeSetCookie } from "./set-cookie.ts";

/** Octets of name, value and attributes: what every browser keeps (RFC 6265bis section 5.6). */
export const COOKIE_LIMIT = 4_096;
/** With more of them many servers refuse the whole request for its headers (431). */
export const MOST_CHUNKS = 4;
/** Twins with one digest and other parts are damage or an attack: so many mixtures are tried. */
const MOST_MIXTURES = 16;
const DIGEST_LENGTH = 16;
const CHUNK = /^([2-4])\.([A-Za-z0-9_-]{16})\.(.+)$/s;

export type SplitCookie =
  | { readonly ok: true; readonly cookies: readonly RequestCookie[] }
  /** `most` is the length that would fit. */
  | { readonly ok: false; readonly reason: "too_large"; readonly most: number };

/** One cookie when it fits with its attributes, else as few chunks as it takes. */
export async function splitCookie(
  name: string,
  value: string,
  attributes: CookieAttributes,
  port: CryptoPort = crypto,
): Promise<SplitCookie> {
  if (octetsOf(name, value, attributes) <= COOKIE_LIMIT) {
    return { ok: true, cookies: [{ name, value }] };
  }
  const header = `0.${"0".repeat(DIGEST_LENGTH)}.`;
  const room = COOKIE_LIMIT - octetsOf(chunkName(name, 0), header, attributes);
  const count = Math.ceil(value.length / room);
  if (room <= 0 || count > MOST_CHUNKS) {
    return { ok: false, reason: "too_large", most: Math.max(room, 0) * MOST_CHUNKS };
  }
  const digest = await digestOf(value, port);
  const cookies = Array.from({ length: count }, (_, index) => ({
    name: chunkName(name, index),
    value: `${count}.${digest}.${value.slice(index * room, (index + 1) * room)}`,
  }));
  return { ok: true, cookies };
}

export interface JoinedCookie {
  /**
   * Every value that the cookies may be of: more than one when twins were sent, and only the seal
   * tells which is good. `cookies` is how many it takes.
   */
  readonly candidates: readonly { readonly value: string; readonly cookies: number }[];
  /** How many cookies, whole and chunks, were sent for the name. */
  readonly sent: number;
}

/** With cookies sent and no candidate, chunks are missing or mixed. */
export async function joinCookie(
  name: string,
  cookies: readonly RequestCookie[],
  port: CryptoPort = crypto,
): Promise<JoinedCookie> {
  const own = cookies.filter((cookie) => isPartOf(name, cookie.name) && cookie.value !== "");
  // Almost always: one cookie, whole.
  if (own.length === 1 && own[0]?.name === name) {
    return { candidates: [{ value: own[0].value, cookies: 1 }], sent: 1 };
  }
  const whole = own.filter((cookie) => cookie.name === name).map(({ value }) => value);
  const groups = groupsOf(name, own);
  const joined = await Promise.all(groups.map((group) => mixtures(group, port)));
  return {
    candidates: [
      ...Array.from(new Set(whole), (value) => ({ value, cookies: 1 })),
      ...groups.flatMap(({ parts }, at) =>
        (joined[at] ?? []).map((value) => ({ value, cookies: parts.length })),
      ),
    ],
    sent: own.length,
  };
}

/** Whether a cookie of that name holds `name`'s value or a part of it. */
export function isPartOf(name: string, cookieName: string): boolean {
  if (!cookieName.startsWith(name)) return false;
  return /^(\.[0-9])?$/.test(cookieName.slice(name.length));
}

/** Octets of the Set-Cookie header's value. Names, values and attributes are ASCII. */
export function octetsOf(name: string, value: string, attributes: CookieAttributes): number {
  return serializeSetCookie(name, value, attributes).length;
}

interface Group {
  readonly digest: string;
  /** For each index every part that was sent for it. */
  readonly parts: readonly Set<string>[];
}

function groupsOf(name: string, cookies: readonly RequestCookie[]): Group[] {
  const groups = new Map<string, Group>();
  for (const cookie of cookies) {
    const [, count, digest, part] = CHUNK.exec(cookie.value) ?? [];
    const index = Number(cookie.name.slice(name.length + 1) || Number.NaN);
    if (count === undefined || digest === undefined || part === undefined) continue;
    const parts = Array.from({ length: Number(count) }, () => new Set<string>());
    const group = groups.get(`${count}.${digest}`) ?? { digest, parts };
    groups.set(`${count}.${digest}`, group);
    group.parts[index]?.add(part);
  }
  return [...groups.values()];
}

async function mixtures({ digest, parts }: Group, port: CryptoPort): Promise<string[]> {
  let values = [""];
  for (const choices of parts) {
    values = values.flatMap((start) => Array.from(choices, (part) => start + part));
    values = values.slice(0, MOST_MIXTURES);
  }
  const digests = await Promise.all(values.map((value) => digestOf(value, port)));
  return values.filter((_, at) => digests[at] === digest);
}

async function digestOf(value: string, port: CryptoPort): Promise<string> {
  return base64url(await port.sha256(utf8(value))).slice(0, DIGEST_LENGTH);
}

const chunkName = (name: string, index: number) => `${name}.${index}`;
