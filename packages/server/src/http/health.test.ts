import { afterEach, describe, expect, test } from "vitest";
import { basic, bearer, openPage, send } from "./testing/test-page.ts";
import { openTestServer, type TestServer, type TestServerOptions } from "./testing/test-server.ts";

let server: TestServer;
afterEach(() => server.close());
const open = async (options: TestServerOptions = {}) => {
  server = await openTestServer(options);
};

test("a running server is alive and ready", async () => {
  await open();
  const alive = await send(server.fetch, "/healthz");
  expect([alive.status, alive.text]).toEqual([200, '{"status":"ok"}']);
  const ready = await send(server.fetch, "/readyz");
  expect([ready.status, ready.as<object>()]).toEqual([
    200,
    { status: "ok", database: "ok", clock: "ok" },
  ]);
});

test("without its database it is alive, not ready, and says when to ask again", async () => {
  await open();
  await server.services.store.close();
  expect((await send(server.fetch, "/healthz")).status).toBe(200);
  const ready = await send(server.fetch, "/readyz");
  expect([ready.status, ready.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(ready.as<object>()).toMatchObject({ status: "not_ready", database: "unreachable" });
});

describe("the metrics", () => {
  const TOKEN = "a-token-of-an-operator";
  const read = (headers: Record<string, string> = {}) =>
    send(server.fetch, "/metrics", { headers });

  test("are there only with a token, and for who has it", async () => {
    await open({ settings: { metricsToken: undefined } });
    expect((await read(bearer(TOKEN))).status).toBe(404);
    await server.close();
    await open({ settings: { metricsToken: TOKEN } });
    for (const headers of [{}, bearer(""), bearer(`${TOKEN}x`), basic(TOKEN, TOKEN)]) {
      const refused = await read(headers);
      expect([refused.status, refused.code]).toEqual([401, "invalid_credentials"]);
      expect(refused.headers.get("www-authenticate")).toBe("Bearer");
      expect(refused.text).toContain("LATCHKEY_METRICS_TOKEN");
    }
    const answer = await read(bearer(TOKEN));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("text/plain");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("are open in development", async () => {
    await open({ settings: { metricsToken: null } });
    expect((await read()).status).toBe(200);
  });

  test("count what happens by route, and name no person, id or token", async () => {
    await open();
    const page = openPage(server);
    const signedIn = await page.signIn("ada@example.com");
    await page.post("/sessions", { refresh_token: signedIn.refresh_token });
    await page.post("/sessions", { refresh_token: "nonsense" });
    await page.call("/users/me", { headers: bearer(signedIn.token) });
    await page.call("/users/me", { method: "DELETE" });
    const user = `/v1/users/${signedIn.user.id}`;
    await send(server.fetch, user, { headers: basic(server.app.id, server.secret) });
    await send(server.fetch, "/api/v1/no/such/path/ada@example.com");
    await server.services.outbox.drain();
    const { text } = await read();
    const count = (route: string, status: number) =>
      text.includes(
        `latchkey_http_request_duration_seconds_count{route="${route}",method="GET",status="${status}"} 1`,
      );
    expect(count("/api/v1/users/me", 200)).toBe(true);
    expect(count("/v1/users/:id", 200)).toBe(true);
    expect(text).toContain('latchkey_sign_ins_total{method="email"} 1');
    expect(text).toContain('latchkey_refreshes_total{outcome="repeated"} 1');
    expect(text).toContain('latchkey_refreshes_total{outcome="terminal_invalid"} 1');
    expect(text).toContain('latchkey_mails_total{result="sent"} 1');
    for (const secret of ["ada@", "did:privy", "lk1.", "eyJ", "such/path", server.app.id]) {
      expect(text).not.toContain(secret);
    }
  });

  test("have one line for all that is not there, so that nobody can fill the memory", async () => {
    await open();
    for (let count = 0; count < 50; count++) await send(server.fetch, `/nothing/${count}`);
    for (let count = 0; count < 50; count++) await send(server.fetch, `/api/v1/x${count}`);
    const routes = new Set(
      [...(await read()).text.matchAll(/duration_seconds_count\{route="([^"]*)"/g)].map(
        ([, route]) => route,
      ),
    );
    expect(routes.size).toBeLessThan(4);
  });
});
