import { describe, expect, it } from "vitest";
import { createJar, openSignedIn } from "../../test-support/fake-app-server.ts";

/** Signed in a while ago: what is called from now on counts. */
async function openLater() {
  const opened = await openSignedIn();
  opened.server.calls.length = 0;
  return opened;
}

const eightTimes = <Result>(work: () => Promise<Result>) =>
  Promise.all(Array.from({ length: 8 }, work));

async function within5s<Result>(work: Promise<Result>): Promise<Result> {
  const began = performance.now();
  const result = await work;
  expect(performance.now() - began).toBeLessThan(5_000);
  return result;
}

// Side by side: each waits for as long as a visitor would.
describe.concurrent("a session server that hangs (R5)", () => {
  it("gets one call for eight requests, which are all answered within 5 s", async () => {
    const { server, manager, jar } = await openLater();
    server.pass(901);
    server.fail(() => new Promise(() => {}));
    const results = await within5s(eightTimes(() => manager.getSession(jar.request())));
    for (const { status, headers } of results) {
      expect([status, headers.getSetCookie()]).toEqual(["unavailable", []]);
    }
    expect(server.calls).toHaveLength(1);
  });

  it("does not hold up a page whose token is still good", async () => {
    const { server, manager, jar } = await openLater();
    server.pass(870);
    server.fail(() => new Promise(() => {}));
    const results = await within5s(eightTimes(() => manager.getSession(jar.request())));
    expect(results.map(({ status }) => status)).toEqual(Array(8).fill("signed_in"));
  });

  it("does not hold up a callback, which works at the same address later", async () => {
    const { server, manager } = await openLater();
    const own = createJar();
    const started = own.keep(await manager.startSignIn(own.request()));
    const back = server.callback(started.url);
    server.fail(() => new Promise(() => {}));
    const away = await within5s(manager.handleCallback(own.request(back)));
    expect(own.keep(away).status).toBe(503);
    server.recover();
    expect((await manager.handleCallback(own.request(back))).status).toBe(303);
  });

  it("does not hold up a sign-out, which asks it nothing", async () => {
    const { server, manager, jar } = await openLater();
    server.fail(() => new Promise(() => {}));
    server.failKeys(() => new Promise(() => {}));
    const answer = jar.keep(await within5s(manager.signOut(jar.request())));
    expect([answer.status, jar.cookies.size]).toEqual([303, 0]);
  });

  it("that publishes no keys either is answered within 5 s by a process that knows none", async () => {
    const { server, jar } = await openLater();
    server.failKeys(() => new Promise(() => {}));
    const result = await within5s(server.manager().getSession(jar.request()));
    expect(result).toMatchObject({ status: "unavailable" });
  });
});

describe("a session server that fails", () => {
  it("is left in peace for as long as it asked for, five seconds at most", async () => {
    const { server, manager, jar } = await openLater();
    server.pass(901);
    const headers = { "retry-after": "3" };
    server.fail(async () => Response.json({ error: "slow_down" }, { status: 429, headers }));
    for (let visit = 0; visit < 3; visit++) {
      expect(await manager.getSession(jar.request())).toMatchObject({
        status: "unavailable",
        retryAfter: 3,
      });
    }
    expect(server.calls).toHaveLength(1);
    server.recover();
    server.pass(2);
    expect((await manager.getSession(jar.request())).status).toBe("unavailable");
    server.pass(1);
    expect((await manager.getSession(jar.request())).status).toBe("signed_in");
  });

  it("and loses an answer on its way is asked again at once: the session goes on (R3)", async () => {
    const { server, manager, jar } = await openLater();
    server.keepsWindow = true;
    server.pass(901);
    server.fail(async (through) => {
      await through();
      server.recover();
      throw new TypeError("socket hang up");
    });
    const result = jar.keep(await manager.getSession(jar.request()));
    expect(result.status).toBe("signed_in");
    expect(server.calls).toHaveLength(2);
    server.pass(901);
    expect((await manager.getSession(jar.request())).status).toBe("signed_in");
  });
});
