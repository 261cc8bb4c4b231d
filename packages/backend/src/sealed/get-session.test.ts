import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { createJar, openSignedIn, signIn } from "../../test-support/fake-app-server.ts";

let { server, manager, jar } = await openSignedIn();
beforeEach(async () => {
  ({ server, manager, jar } = await openSignedIn());
});

const refreshes = () => server.calls.filter((call) => call.grant_type === "refresh_token").length;
const json = (status: number, body: object) => async () => Response.json(body, { status });
const html = (status: number) => async () =>
  new Response("<h1>Bad gateway</h1>", { status, headers: { "content-type": "text/html" } });

describe("the token refresh cycle", () => {
  it("passes a fresh token without a call and without a cookie", async () => {
    const result = await manager.getSession(jar.request());
    expect(result).toMatchObject({ status: "signed_in", user: { id: "user_01" } });
    expect(result.headers.getSetCookie()).toEqual([]);
    expect(refreshes()).toBe(0);
  });

  it.each([
    [900, 60],
    [300, 30],
  ])("refreshes a token of %i s in its last %i s, and not before", async (ttl, buffer) => {
    server.ttl = ttl;
    const own = await signIn(server, manager);
    server.pass(ttl - buffer - 1);
    await manager.getSession(own.request());
    expect(refreshes()).toBe(0);
    server.pass(2);
    const result = own.keep(await manager.getSession(own.request()));
    expect(result.headers.getSetCookie().length).toBe(1);
    expect(refreshes()).toBe(1);
  });

  it("refreshes an expired one, once for eight at a time, and for those that come later", async () => {
    server.pass(901);
    const old = jar.request();
    const results = await Promise.all(Array.from({ length: 8 }, () => manager.getSession(old)));
    server.pass(30);
    results.push(await manager.getSession(old));
    expect(results.map(({ status }) => status)).toEqual(Array(9).fill("signed_in"));
    for (const { headers } of results) expect(headers.getSetCookie()).toHaveLength(1);
    expect(refreshes()).toBe(1);
    jar.keep(results[0] as (typeof results)[number]);
    server.pass(901);
    expect(await manager.getSession(jar.request())).toMatchObject({ status: "signed_in" });
  });

  it("marks every answer as private (R8; ASVS 14.3.2)", async () => {
    for (const request of [jar.request(), createJar().request()]) {
      const { headers } = await manager.getSession(request);
      expect(headers.get("cache-control")).toBe("private, no-store");
      expect(headers.get("vary")).toContain("Cookie");
    }
  });
});

const faults: [string, () => Promise<Response>][] = [
  ["401", json(401, { error: "invalid_client" })],
  ["403", json(403, { error: "access_denied" })],
  ["400 of another kind", json(400, { error: "invalid_request" })],
  ["429", json(429, { error: "rate_limit_exceeded" })],
  ["500", json(500, { error: "server_error" })],
  ["HTML 502", html(502)],
  ["HTML 400", html(400)],
  ["HTML 200", html(200)],
  ["an empty 200", json(200, {})],
  ["400 invalid_grant that is no JSON", async () => new Response("invalid_grant", { status: 400 })],
  ["401 invalid_grant", json(401, { error: "invalid_grant" })],
  ["a refused connection", () => Promise.reject(new TypeError("fetch failed"))],
  ["silence", () => new Promise(() => {})],
];

describe.each(faults)("when the session server answers a refresh with %s (R5)", (_, fault) => {
  it("an expired session is unavailable, keeps its cookie, and goes on later", async () => {
    server.pass(901);
    server.fail(fault);
    const began = performance.now();
    const result = await manager.getSession(jar.request());
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(result).toMatchObject({ status: "unavailable", retryAfter: expect.any(Number) });
    expect(result.headers.getSetCookie()).toEqual([]);
    server.recover();
    server.pass(10);
    expect(await manager.getSession(jar.request())).toMatchObject({ status: "signed_in" });
  });

  it("an expiring one goes on with the token that it has", async () => {
    server.pass(870);
    server.fail(fault);
    const result = await manager.getSession(jar.request());
    expect(result.status).toBe("signed_in");
    expect(result.headers.getSetCookie()).toEqual([]);
  });
});

describe("the end of a session (R5)", () => {
  it("is the typed terminal answer alone: then the cookie is removed", async () => {
    server.pass(901);
    server.end();
    const result = jar.keep(await manager.getSession(jar.request()));
    expect(result).toMatchObject({ status: "signed_out", reason: "ended" });
    expect(jar.cookies.size).toBe(0);
  });

  it("is not a JWKS that cannot be read", async () => {
    const cold = server.manager();
    server.failKeys(html(502));
    expect(await cold.getSession(jar.request())).toMatchObject({ status: "unavailable" });
    server.recover();
    server.pass(1_000);
    expect(await cold.getSession(jar.request())).toMatchObject({ status: "signed_in" });
  });

  it("is not a cookie that another app sealed: it is left alone", async () => {
    const other = server.manager({ cookiePassword: "other:another password of 32 characters +" });
    const result = await other.getSession(jar.request());
    expect(result).toMatchObject({ status: "signed_out", reason: "unreadable_cookie" });
    expect(result.headers.getSetCookie()).toEqual([]);
    const away = await other.signOut(jar.request());
    expect(away.headers.getSetCookie()).toEqual([]);
  });

  it("is not a cookie whose session is of another client id", async () => {
    const other = server.manager({ clientId: "client_02" });
    const result = await other.getSession(jar.request());
    expect(result).toMatchObject({ status: "signed_out", reason: "other_client" });
    expect(result.headers.getSetCookie()).toEqual([]);
  });

  it("never comes from garbage, which never throws either", async () => {
    const [name = "", value = ""] = [...jar.cookies][0] ?? [];
    const damaged = fc
      .nat(value.length)
      .map((at) => `${value.slice(0, at)}${value[at] === "x" ? "y" : "x"}${value.slice(at + 1)}`);
    const texts = fc.oneof(fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,80}$/), damaged);
    const names = fc.constantFrom(name, `${name}.0`, `${name}.1`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, texts), { maxLength: 4 }), async (cookies) => {
        const cookie = cookies.map((pair) => pair.join("=")).join("; ");
        const request = new Request("https://app.example.com/", { headers: { cookie } });
        const result = await manager.getSession(request);
        expect(result.headers.getSetCookie()).toEqual([]);
      }),
    );
  });
});

describe("the password", () => {
  it("is rotated with nobody signed out: the cookie is sealed again on use", async () => {
    const old = "1:a password of 32 characters and more";
    const first = server.manager({ cookiePassword: old });
    const own = await signIn(server, first);
    const both = server.manager({ cookiePassword: `2:the next password of 32 characters,${old}` });
    const result = own.keep(await both.getSession(own.request()));
    expect(result.status).toBe("signed_in");
    expect(result.headers.getSetCookie()).toHaveLength(1);
    const next = server.manager({ cookiePassword: "2:the next password of 32 characters" });
    expect(await next.getSession(own.request())).toMatchObject({ status: "signed_in" });
  });
});

describe("organizations", () => {
  it("are switched by a refresh; one that declines is no sign-out", async () => {
    const refused = await manager.switchOrganization(jar.request(), "org_outside");
    expect(refused).toMatchObject({ status: "refused", code: "access_denied" });
    const switched = jar.keep(await manager.switchOrganization(jar.request(), "org_2"));
    expect(switched).toMatchObject({ status: "signed_in", organizationId: "org_2", role: "admin" });
    const later = await manager.getSession(jar.request());
    expect(later).toMatchObject({ organizationId: "org_2", roles: ["admin"] });
  });
});
