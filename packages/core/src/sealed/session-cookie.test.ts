import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestCookie } from "../cookies/cookie-header.ts";
import { crypto } from "../crypto/index.ts";
import { base64url } from "../encoding.ts";
import { cookiePolicy } from "./cookie-attributes.ts";
import { createKeyRing, type KeyRing } from "./key-ring.ts";
import type { SealedSession } from "./sealed-session.ts";
import { createSessionCookie, type SealedCookie } from "./session-cookie.ts";
import { createBrowserJar } from "./testing/browser-jar.ts";
import { ports } from "./testing/ports.ts";
import { typicalSession } from "./testing/typical-session.ts";

const NOW = 1_800_000_000_000;
const name = "wos-session";
const host = "app.example.com";
const url = `https://${host}/`;
const hostOnly = cookiePolicy()({ url });
const shared = cookiePolicy({ domain: "example.com" })({ url });
const passwords = [{ id: "1", secret: "p".repeat(40) }];
const others = [{ id: "1", secret: "o".repeat(40) }];

/** Each with another refresh token, as after a refresh; of so many cookies. */
async function newSession({
  cookies = 1,
  user = "user_1",
  issuedAt = 1,
} = {}): Promise<SealedSession> {
  const session = await typicalSession(issuedAt);
  const notes = base64url(crypto.randomBytes(cookies === 1 ? 20 : 2_420 + (cookies - 2) * 2_230));
  // A space keeps it from being packed: its length is what decides.
  return {
    ...session,
    user: { ...session.user, id: user, metadata: { notes: `notes: ${notes}` } },
  };
}

const headersOf = (sealed: SealedCookie) => {
  if (!sealed.ok) throw new Error(sealed.reason);
  return sealed.setCookies;
};

describe.each(ports)("the session cookie on %s", (_name, port) => {
  const ring = createKeyRing(passwords, { crypto: port });
  const cookie = createSessionCookie({ name, ring });
  const open = (cookies: readonly RequestCookie[]) => cookie.open(cookies, NOW);
  const request = (cookies: readonly RequestCookie[], attributes = hostOnly) => ({
    cookies,
    attributes,
    host,
    now: NOW,
  });

  it("gives back the session that it set, through a browser that keeps 4,096 octets (ASVS 3.3.5)", async () => {
    for (const cookies of [1, 2, 3, 4]) {
      const jar = createBrowserJar();
      const session = await newSession({ cookies });
      const sealed = await cookie.seal(session, request([]));
      jar.receive(host, headersOf(sealed));
      expect(jar.count()).toBe(cookies);
      expect(sealed.ok && sealed.cookies).toEqual(jar.cookiesFor(host));
      expect(await open(jar.cookiesFor(host))).toEqual({
        ok: true,
        session,
        keyId: "1",
        format: "compact",
        stale: false,
        leftovers: false,
      });
    }
  });

  it("keeps exactly the last session, however sizes and domains change in between", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            cookies: fc.integer({ min: 1, max: 4 }),
            attributes: fc.constantFrom(hostOnly, shared),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        async (steps) => {
          const jar = createBrowserJar();
          for (const [at, { cookies, attributes }] of steps.entries()) {
            const session = await newSession({ cookies, issuedAt: at + 1 });
            const sealed = await cookie.seal(session, request(jar.cookiesFor(host), attributes));
            jar.receive(host, headersOf(sealed));
            const opened = await open(jar.cookiesFor(host));
            expect(opened.ok && opened.session.refreshToken).toBe(session.refreshToken);
          }
          const last = steps.at(-1)?.attributes ?? hostOnly;
          // A first write may make a twin, which only the next request shows.
          for (let i = 0; i < 2; i++) {
            const again = await cookie.seal(
              await newSession(),
              request(jar.cookiesFor(host), last),
            );
            jar.receive(host, headersOf(again));
          }
          expect(await open(jar.cookiesFor(host))).toMatchObject({ leftovers: false });
          jar.receive(host, await cookie.expire(request(jar.cookiesFor(host), last)));
          expect(jar.count()).toBe(0);
        },
      ),
      { numRuns: 25 },
    ));

  it("is absent, incomplete or unreadable, and none of these is proof of an end (R5)", async () => {
    expect(await open([])).toEqual({ ok: false, reason: "absent" });
    expect(await open([{ name: "other", value: "x" }])).toEqual({ ok: false, reason: "absent" });
    expect(await open([{ name, value: "" }])).toEqual({ ok: false, reason: "absent" });
    expect(await open([{ name, value: "garbage" }])).toEqual({ ok: false, reason: "malformed" });

    const sealed = await cookie.seal(await newSession({ cookies: 3 }), request([]));
    const chunks = sealed.ok ? sealed.cookies : [];
    expect(await open(chunks.slice(1))).toEqual({ ok: false, reason: "incomplete" });

    const seal = async (value: object, by: KeyRing) => [
      { name, value: await by.seal({ ...value }, { purpose: name }) },
    ];
    expect(await open(await seal({ accessToken: "x" }, ring))).toEqual({
      ok: false,
      reason: "not_a_session",
      field: "refreshToken",
    });
    const foreign = await seal({}, createKeyRing(others));
    expect(await open(foreign)).toEqual({ ok: false, reason: "tampered" });
  });

  it("is expired only when all that was sent is: what cannot be opened may be alive (R5)", async () => {
    const over = { name, value: await ring.seal({}, { purpose: name, expiresAt: 1 }) };
    expect(await open([over])).toEqual({ ok: false, reason: "expired" });
    const foreign = { name, value: await createKeyRing(others).seal({}, { purpose: name }) };
    expect(await open([over, foreign])).toEqual({ ok: false, reason: "tampered" });
  });

  it("is the twin that opens, wherever the other stands", async () => {
    const session = await newSession();
    const sealed = await cookie.seal(session, request([]));
    const own = sealed.ok ? sealed.cookies : [];
    for (const bad of ["garbage", await createKeyRing(others).seal({}, { purpose: name })]) {
      for (const sent of [
        [...own, { name, value: bad }],
        [{ name, value: bad }, ...own],
      ]) {
        expect(await open(sent)).toMatchObject({ ok: true, session, leftovers: true });
      }
    }
  });

  it("is the younger of two twins of one user, and neither of two users", async () => {
    const seal = async (session: SealedSession) => {
      const sealed = await cookie.seal(session, request([]));
      return sealed.ok ? sealed.cookies : [];
    };
    const [old, young] = [
      await newSession({ issuedAt: 1 }),
      await newSession({ issuedAt: 2, cookies: 2 }),
    ];
    const sent = [...(await seal(old)), ...(await seal(young))];
    for (const cookies of [sent, sent.toReversed()]) {
      expect(await open(cookies)).toMatchObject({ ok: true, session: young, leftovers: true });
    }
    const planted = await seal(await newSession({ user: "user_2" }));
    expect(await open([...sent, ...planted])).toEqual({ ok: false, reason: "ambiguous" });
  });

  it("leaves the cookie of another app on the domain alone (R5)", async () => {
    const jar = createBrowserJar();
    const theirs = createSessionCookie({ name, ring: createKeyRing(others) });
    jar.receive(host, headersOf(await theirs.seal(await newSession(), request([], shared))));
    const before = jar.cookiesFor("other.example.com");

    for (const cookies of [3, 1, 2]) {
      const sealed = await cookie.seal(
        await newSession({ cookies }),
        request(jar.cookiesFor(host)),
      );
      jar.receive(host, headersOf(sealed));
    }
    expect(await open(jar.cookiesFor(host))).toMatchObject({ ok: true });
    jar.receive(host, await cookie.expire(request(jar.cookiesFor(host))));
    expect(jar.cookiesFor(host)).toEqual(before);
    expect(await theirs.open(before, NOW)).toMatchObject({ ok: true });
  });

  it("is removed with its twins and former names at a sign-out", async () => {
    const jar = createBrowserJar();
    const former = createSessionCookie({ name: "old-session", ring });
    for (const [by, attributes, cookies] of [
      [former, hostOnly, 2],
      [former, shared, 1],
      [cookie, hostOnly, 1],
      [cookie, shared, 3],
    ] as const) {
      jar.receive(
        host,
        headersOf(await by.seal(await newSession({ cookies }), request([], attributes))),
      );
    }
    const renamed = createSessionCookie({ name, ring, formerNames: ["old-session"] });
    jar.receive(host, await renamed.expire(request(jar.cookiesFor(host))));
    expect(jar.count()).toBe(0);
  });

  it("takes along what a former name and a former domain left behind, once it is sealed", async () => {
    const former = createSessionCookie({ name: "old-session", ring });
    const renamed = createSessionCookie({ name, ring, formerNames: ["old-session"] });
    for (const [before, after] of [
      [hostOnly, shared],
      [shared, hostOnly],
    ] as const) {
      const jar = createBrowserJar();
      for (const [by, cookies] of [
        [former, 3],
        [renamed, 2],
      ] as const) {
        const sealed = await by.seal(await newSession({ cookies }), request([], before));
        jar.receive(host, headersOf(sealed));
      }
      // The first write may make a twin, which only the next request shows.
      for (const issuedAt of [2, 3]) {
        const sent = request(jar.cookiesFor(host), after);
        jar.receive(host, headersOf(await renamed.seal(await newSession({ issuedAt }), sent)));
      }
      expect(jar.cookiesFor(host).map((each) => each.name)).toEqual([name]);
      expect(jar.count()).toBe(1);
    }
  });

  it("is removed from a domain that only an earlier configuration knew", async () => {
    const jar = createBrowserJar();
    jar.receive(host, headersOf(await cookie.seal(await newSession(), request([], shared))));
    const configured = createSessionCookie({ name, ring, formerDomains: ["example.com"] });
    const unaware = { cookies: jar.cookiesFor(host), attributes: hostOnly, now: NOW };
    jar.receive(host, await configured.expire(unaware));
    expect(jar.count()).toBe(0);
  });

  it("is removed by its name when the request is not known", async () => {
    const [only, ...more] = await cookie.expire({ cookies: [], attributes: hostOnly, now: NOW });
    expect(only).toMatch(/^wos-session=; Path=\/; Max-Age=0;/);
    expect(more).toEqual([]);
  });

  it("writes no header beside it when there is nothing to remove", async () => {
    for (const attributes of [hostOnly, shared]) {
      const jar = createBrowserJar();
      for (let i = 0; i < 3; i++) {
        const sealed = await cookie.seal(
          await newSession(),
          request(jar.cookiesFor(host), attributes),
        );
        expect(headersOf(sealed)).toHaveLength(1);
        jar.receive(host, headersOf(sealed));
      }
    }
  });

  it("is refused whole when it is longer than all chunks", async () => {
    const sealed = await cookie.seal(await newSession({ cookies: 9 }), request([]));
    expect(sealed).toMatchObject({ ok: false, reason: "too_large" });
    expect(!sealed.ok && sealed.length > sealed.most).toBe(true);
  });

  it("is one cookie in the format iron, with a warning once browsers will drop it", async () => {
    const iron = createSessionCookie({
      name,
      ring: createKeyRing(passwords, { format: "iron", crypto: port }),
    });
    const small = await iron.seal(await newSession(), request([]));
    expect(small).toMatchObject({ ok: true, warning: null });
    const large = await iron.seal(await newSession({ cookies: 2 }), request([]));
    expect(large.ok && large.cookies).toHaveLength(1);
    expect(large.ok && large.warning).toMatch(/^The cookie wos-session has [0-9]+ octets/);
    expect(await iron.open(large.ok ? large.cookies : [], NOW)).toMatchObject({ ok: true });
    // The other format takes over, chunks and all.
    expect(await open(small.ok ? small.cookies : [])).toMatchObject({ ok: true, stale: true });
  });
});
