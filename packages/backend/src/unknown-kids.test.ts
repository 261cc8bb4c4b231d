import { beforeEach, describe, expect, it } from "vitest";
import {
  createSessionServer,
  deferred,
  MINUTE,
  refused,
  type SessionServer,
  settle,
} from "../test-support/session-server.ts";
import type { LatchkeyBackend } from "./index.ts";

const YEAR_2100 = 4_102_444_800;
let server: SessionServer;
let backend: LatchkeyBackend;
let token: string;

beforeEach(async () => {
  server = createSessionServer();
  await server.publish("key-1");
  backend = server.backend();
  token = await longLived("key-1");
  await status();
});

const longLived = (kid: string) => server.accessToken(kid, { expiresAt: YEAR_2100 });
const status = async (of = token) => (await backend.verifyAccessToken(of)).status;

let forged = 0;
/** A token whose kid nobody has seen before, signed by nobody we know. */
async function randomKid(): Promise<string> {
  const [, payload, signature] = token.split(".");
  const header = { alg: "ES256", typ: "JWT", kid: `random-${forged++}` };
  return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`;
}

describe("a kid that is not in the set", () => {
  it("is looked up at once: a key published a second ago signs its users in", async () => {
    await server.publish("key-2");
    expect(await status(await longLived("key-2"))).toBe("signed_in");
    expect(server.requests).toBe(2);
  });

  it("is unknown once the set was asked for again and lacks it, and stays so for 10 seconds", async () => {
    const stranger = await longLived("key-9");
    for (let second = 0; second < 30; second++) {
      expect(await backend.verifyAccessToken(stranger)).toMatchObject({ detail: "unknown_key" });
      server.pass(1_000);
    }
    expect(server.requests).toBe(1 + 3);
  });

  it("that was unknown is known with the next set, whoever asked for it", async () => {
    const early = await longLived("key-2");
    expect(await status(early)).toBe("signed_out");
    await server.publish("key-2");
    expect(await status(await randomKid())).toBe("signed_out");
    expect(await status(early)).toBe("signed_in");
  });

  it("is not judged by an answer on its way since before the key was published", async () => {
    const under = deferred<Response>();
    const before = Response.json(server.jwks());
    server.fail(() => under.promise);
    const stranger = backend.verifyAccessToken(await randomKid());
    await settle();
    await server.publish("key-2");
    const fresh = backend.verifyAccessToken(await longLived("key-2"));
    await settle();
    server.recover();
    under.resolve(before);
    expect((await stranger).status).toBe("signed_out");
    expect((await fresh).status).toBe("signed_in");
  });

  it("is not judged by such an answer either when asking again fails (R5)", async () => {
    const under = deferred<Response>();
    const before = Response.json(server.jwks());
    server.fail(() => under.promise);
    const stranger = backend.verifyAccessToken(await randomKid());
    await settle();
    const fresh = backend.verifyAccessToken(await longLived("key-2"));
    await settle();
    server.fail(refused);
    under.resolve(before);
    expect((await stranger).status).toBe("signed_out");
    expect((await fresh).status).toBe("unavailable");
  });

  it("is neither known nor unknown during an outage: unavailable (R5)", async () => {
    server.fail(refused);
    await server.publish("key-2");
    const fresh = await longLived("key-2");
    expect(await backend.verifyAccessToken(fresh)).toMatchObject({
      status: "unavailable",
      retryAfter: 1,
    });
    expect(await status()).toBe("signed_in");
    server.recover();
    server.pass(1_000);
    expect(await status(fresh)).toBe("signed_in");
  });

  it("of more than 128 characters is nobody's and asks nothing", async () => {
    const token = await server.accessToken("k".repeat(129));
    expect(await backend.verifyAccessToken(token)).toMatchObject({ detail: "unknown_key" });
    expect(server.requests).toBe(1);
  });
});

describe("a flood of random kids", () => {
  const flood = async (seconds: number, perSecond = 20) => {
    const seen = new Set<string>();
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < perSecond; i++) seen.add(await status(await randomKid()));
      server.pass(1_000);
    }
    return seen;
  };

  it("makes 5 requests and then one in 10 seconds, however many come", async () => {
    await flood(60);
    expect(server.requests - 1).toBeLessThanOrEqual(5 + 6);
    const before = server.requests;
    await Promise.all(Array.from({ length: 500 }, async () => status(await randomKid())));
    expect(server.requests - before).toBeLessThanOrEqual(1);
  });

  it("signs in nobody, and signs out nobody: known keys go on", async () => {
    const seen = await flood(20);
    expect(seen).toEqual(new Set(["signed_out", "unavailable"]));
    expect(await status()).toBe("signed_in");
    expect(await status(await longLived("key-1"))).toBe("signed_in");
  });

  it("does not keep us from a new key for more than 10 seconds, nor turns its users away", async () => {
    await flood(30);
    await server.publish("key-2");
    const fresh = await longLived("key-2");
    const seen: string[] = [];
    for (let second = 0; second <= 10; second++) {
      seen.push(await status(fresh));
      await flood(1);
    }
    expect(seen).not.toContain("signed_out");
    expect(seen.at(-1)).toBe("signed_in");
  });

  it("does not keep the periodic refresh from a withdrawn key", async () => {
    await server.publish("key-2");
    server.withdraw("key-1");
    server.fail(refused);
    await flood(60, 2);
    server.recover();
    server.pass(10 * MINUTE);
    await flood(1);
    expect(await status()).not.toBe("signed_in");
    server.pass(10_000);
    expect(await status()).toBe("signed_out");
  });

  it("is answered with how long to wait", async () => {
    await flood(1);
    expect(await backend.verifyAccessToken(await randomKid())).toEqual({
      status: "unavailable",
      code: "keys_unavailable",
      retryAfter: 9,
    });
  });

  it("is limited again, and no longer, after the clock was set back", async () => {
    await flood(1);
    server.pass(-60 * MINUTE);
    const before = server.requests;
    await flood(30);
    expect(server.requests - before).toBeGreaterThanOrEqual(3);
    expect(server.requests - before).toBeLessThanOrEqual(6);
  });
});
