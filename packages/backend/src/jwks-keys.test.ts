import type { LatchkeyError } from "@latchkey/core/errors";
import { beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  createSessionServer,
  deferred,
  HOUR,
  JWKS_URL,
  MINUTE,
  refused,
  type SessionServer,
  settle,
} from "../test-support/session-server.ts";
import type { LatchkeyBackend } from "./index.ts";

let server: SessionServer;
let backend: LatchkeyBackend;
let token: string;
const YEAR_2100 = 4_102_444_800;

beforeEach(async () => {
  server = createSessionServer();
  await server.publish("key-1");
  backend = server.backend();
  token = await server.accessToken("key-1", { expiresAt: YEAR_2100 });
});

const status = async (of = token) => (await backend.verifyAccessToken(of)).status;
const longLived = (kid: string) => server.accessToken(kid, { expiresAt: YEAR_2100 });
const unavailable = (retryAfter: number) => ({
  status: "unavailable",
  code: "keys_unavailable",
  retryAfter,
});

describe("the first fetch", () => {
  it("is made by the first token and shared by all that come meanwhile", async () => {
    expect(server.requests).toBe(0);
    const results = await Promise.all(Array.from({ length: 100 }, () => status()));
    expect(new Set(results)).toEqual(new Set(["signed_in"]));
    expect(server.requests).toBe(1);
  });

  it("is not made for what is no token of this app anyway", async () => {
    const other = await server.accessToken("key-1", { appId: "another" });
    expect([await status("garbage"), await status(other)]).toEqual(["signed_out", "signed_out"]);
    expect(server.requests).toBe(0);
  });

  it("is tried again after 1, 2, 4, 8, then every 10 seconds while it fails (R5)", async () => {
    server.fail(refused);
    const attempts: number[] = [];
    for (let second = 0; second <= 40; second++) {
      const before = server.requests;
      expect(await status()).toBe("unavailable");
      if (server.requests > before) attempts.push(second);
      server.pass(1_000);
    }
    expect(attempts).toEqual([0, 1, 3, 7, 15, 25, 35]);
    server.recover();
    server.pass(10_000);
    expect(await status()).toBe("signed_in");
  });

  it("names the seconds to wait", async () => {
    server.fail(refused);
    expect(await backend.verifyAccessToken(token)).toEqual(unavailable(1));
    server.pass(1_000);
    expect(await backend.verifyAccessToken(token)).toEqual(unavailable(2));
    server.pass(1_500);
    expect(await backend.verifyAccessToken(token)).toEqual(unavailable(1));
  });
});

const broken: [string, (url: string) => Promise<Response>, RegExp][] = [
  ["a refused connection", refused, /ECONNREFUSED/],
  ["a 502 page in HTML", answering("<h1>Bad Gateway</h1>", 502), /answered 502/],
  ["a sign-in page with status 200", answering("<h1>Welcome</h1>"), /without one ES256 key/],
  ["a JSON error", answering('{"error":"no such app"}', 404, "application/json"), /404/],
  [
    "a redirect, which is not followed",
    async () => new Response(null, { status: 301, headers: { location: "https://www.x/" } }),
    /301 \(to https:\/\/www\.x\//,
  ],
  ["nothing", answering(""), /without one ES256 key/],
  ["null", answering("null"), /without one ES256 key/],
  ["an array", answering("[]"), /without one ES256 key/],
  ["keys that are no list", answering('{"keys":{}}'), /without one ES256 key/],
  ["an empty set", answering('{"keys":[]}'), /without one ES256 key/],
  ["entries that are no keys", answering('{"keys":[null,1,"x",{}]}'), /without one ES256 key/],
  [
    "keys for other purposes only",
    answering(
      JSON.stringify({
        keys: [
          { kty: "RSA", kid: "a", n: "x", e: "AQAB" },
          { kty: "EC", crv: "P-384", kid: "b", x: "x", y: "y" },
          { kty: "EC", crv: "P-256", kid: "c", x: "x", y: "y", use: "enc" },
          { kty: "EC", crv: "P-256", kid: "d", x: "x", y: "y", alg: "ECDH-ES" },
          { kty: "EC", crv: "P-256", x: "x", y: "y" },
        ],
      }),
    ),
    /without one ES256 key/,
  ],
  [
    "a point off the curve",
    answering('{"keys":[{"kty":"EC","crv":"P-256","kid":"key-1","x":"AQ","y":"AQ"}]}'),
    /not a readable EC P-256/,
  ],
];

describe.each(broken)("R5 when the session server answers with %s", (_name, answer, message) => {
  it("says unavailable, never signed out, and reports what came", async () => {
    const errors: LatchkeyError[] = [];
    backend = server.backend({ jwks: { onRefreshError: (error) => errors.push(error) } });
    server.fail(answer);
    expect(await backend.verifyAccessToken(token)).toEqual(unavailable(1));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "keys_unavailable", status: 503 });
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.message).toContain(JWKS_URL);
  });

  it("goes on with the keys it has", async () => {
    expect(await status()).toBe("signed_in");
    server.fail(answer);
    for (const wait of [9 * MINUTE, MINUTE, HOUR, 12 * HOUR]) {
      server.pass(wait);
      expect(await status()).toBe("signed_in");
      await settle();
    }
  });
});

describe("keeping the keys current", () => {
  it("asks nothing for 8 minutes, then in the background, delaying nobody", async () => {
    await status();
    server.pass(8 * MINUTE - 1);
    await status();
    expect(server.requests).toBe(1);
    server.pass(1);
    const hanging = deferred<Response>();
    server.fail(() => hanging.promise);
    expect(await status()).toBe("signed_in");
    expect(await status()).toBe("signed_in");
    expect(server.requests).toBe(2);
    hanging.resolve(Response.json(server.jwks()));
    await settle();
    expect(await status()).toBe("signed_in");
    expect(server.requests).toBe(2);
  });

  it("waits for the refresh after 10 idle minutes, so that a withdrawn key falls", async () => {
    expect(await status()).toBe("signed_in");
    await server.publish("key-2");
    server.withdraw("key-1");
    server.pass(10 * MINUTE);
    expect(await backend.verifyAccessToken(token)).toEqual({
      status: "signed_out",
      reason: "invalid",
      detail: "unknown_key",
    });
  });

  it("drops remembered tokens with their key once a background refresh lacks it", async () => {
    await server.publish("key-2");
    const second = await longLived("key-2");
    expect([await status(), await status(second)]).toEqual(["signed_in", "signed_in"]);
    server.withdraw("key-1");
    server.pass(8 * MINUTE);
    await status(second);
    await settle();
    expect([await status(), await status(second)]).toEqual(["signed_out", "signed_in"]);
  });

  it("keeps remembered tokens over a refresh that still has their key", async () => {
    const first = await backend.verifyAccessToken(token);
    server.pass(8 * MINUTE);
    expect(await backend.verifyAccessToken(token)).toBe(first);
    await settle();
    expect(server.requests).toBe(2);
    expect(await backend.verifyAccessToken(token)).toBe(first);
  });

  it("drops remembered tokens when another key takes the name of theirs", async () => {
    expect(await status()).toBe("signed_in");
    await server.replace("key-1");
    server.pass(10 * MINUTE);
    expect(await backend.verifyAccessToken(token)).toMatchObject({ detail: "bad_signature" });
    expect(await status(await longLived("key-1"))).toBe("signed_in");
  });

  it("passes over a broken key beside good ones", async () => {
    const { keys } = server.jwks();
    const off = { ...keys[0], kid: "broken", x: keys[0]?.y };
    server.fail(async () => Response.json({ keys: [off, ...keys] }));
    expect(await status()).toBe("signed_in");
  });

  it("takes the later of two answers that arrive in the wrong order", async () => {
    await status();
    const early = deferred<Response>();
    const earlyAnswer = Response.json(server.jwks());
    server.fail(() => early.promise);
    server.pass(8 * MINUTE);
    await status();
    server.recover();
    await server.publish("key-2");
    server.withdraw("key-1");
    server.pass(2 * MINUTE);
    await status();
    server.pass(MINUTE);
    expect(await status()).toBe("signed_out");
    early.resolve(earlyAnswer);
    await settle();
    expect(await status()).toBe("signed_out");
  });
});

describe("an outage", () => {
  it("is bridged for 24 hours with the last keys, then unavailable, and heals by itself", async () => {
    await status();
    server.fail(refused);
    for (let hour = 1; hour < 24; hour++) {
      server.pass(HOUR);
      expect(await status()).toBe("signed_in");
      await settle();
    }
    server.pass(HOUR);
    expect(await status()).toBe("unavailable");
    server.recover();
    server.pass(10_000);
    expect(await status()).toBe("signed_in");
  });

  it("makes one request wait, the others none", async () => {
    await status();
    let begun = 0;
    server.fail(() => {
      begun += 1;
      return refused();
    });
    server.pass(HOUR);
    await status();
    expect(begun).toBe(1);
    server.fail(() => new Promise(() => {}));
    for (let second = 0; second < 300; second++) {
      server.pass(1_000);
      expect(await status()).toBe("signed_in");
    }
  });

  it("costs the session server at most one request in 10 seconds per process", async () => {
    await status();
    server.fail(refused);
    server.pass(10 * MINUTE);
    const before = server.requests;
    for (let second = 0; second < 600; second++) {
      server.pass(1_000);
      await status();
      await settle();
    }
    expect(server.requests - before).toBeLessThanOrEqual(64);
  });

  it("that ended while the process was idle leaves no withdrawn key behind", async () => {
    await status();
    server.fail(refused);
    server.pass(10 * MINUTE);
    expect(await status()).toBe("signed_in");
    server.recover();
    await server.publish("key-2");
    server.withdraw("key-1");
    server.pass(5 * HOUR);
    expect(await status()).toBe("signed_out");
  });

  it("is not made worse by a log that throws", async () => {
    const onRefreshError = () => {
      throw new Error("The log is full.");
    };
    backend = server.backend({ jwks: { onRefreshError } });
    server.fail(refused);
    expect(await status()).toBe("unavailable");
  });
});

describe("a request for the keys that is never answered", () => {
  it("is given up after the timeout, and the next one is a new one", async () => {
    backend = server.backend({ jwks: { timeoutMs: 20 } });
    server.fail(() => new Promise(() => {}));
    expect(await status()).toBe("unavailable");
    server.recover();
    server.pass(1_000);
    expect(await status()).toBe("signed_in");
  });

  it("and that an edge runtime dropped in the background blocks no later one", async () => {
    await status();
    server.pass(8 * MINUTE);
    server.fail(() => new Promise(() => {}));
    await status();
    server.recover();
    server.pass(10 * MINUTE);
    expect(await status()).toBe("signed_in");
    server.pass(1_000);
    await status();
    await settle();
    const before = server.requests;
    await status();
    expect(server.requests).toBe(before);
  });
});

describe("the clock", () => {
  it("ends a remembered token at exp, on every use of it (ASVS 9.2.1)", async () => {
    const short = await server.accessToken("key-1", { expiresAt: server.now / 1_000 + 60 });
    expect(await status(short)).toBe("signed_in");
    server.pass(MINUTE - 1);
    expect(await status(short)).toBe("signed_in");
    server.pass(1);
    expect(await backend.verifyAccessToken(short)).toEqual({
      status: "signed_out",
      reason: "expired",
    });
  });

  it("may differ by the tolerance, for remembered tokens too", async () => {
    backend = server.backend({ clockToleranceSeconds: 5 });
    const short = await server.accessToken("key-1", { expiresAt: server.now / 1_000 + 60 });
    expect(await status(short)).toBe("signed_in");
    server.pass(MINUTE + 4_999);
    expect(await status(short)).toBe("signed_in");
    server.pass(1);
    expect(await status(short)).toBe("signed_out");
  });

  it("set back by a day makes no key live longer and no request wait for ever", async () => {
    await status();
    server.pass(-24 * HOUR);
    await server.publish("key-2");
    server.withdraw("key-1");
    expect(await status()).toBe("signed_out");
    server.fail(refused);
    server.pass(10 * MINUTE);
    const second = await longLived("key-2");
    await status(second);
    server.pass(-HOUR);
    server.recover();
    await status(second);
    await settle();
    expect(await status(second)).toBe("signed_in");
  });
});
