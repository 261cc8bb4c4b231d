/** `npm start` and the development interface that people's own tests drive. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newClient, newStorage, signIn } from "../js-sdk-core/client.ts";
import { newAddress } from "../support/addresses.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";

let server: DevServer;
beforeAll(async () => {
  server = await startDevServer({ command: ["npm", "start"] });
});
afterAll(() => server.stop());

/** With headers that fetch would not send. */
function get(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on("error", reject).end();
  });
}

test("it serves the demo page, the inbox, the credentials and its health", async () => {
  const demo = await fetch(`${server.url}/`);
  expect(demo.url).toBe(`${server.url}/demo/`);
  expect(demo.headers.get("content-type")).toContain("text/html");
  expect(await demo.text()).toContain("<script");
  const inbox = await fetch(`${server.url}/dev/mail`, { headers: { accept: "text/html" } });
  expect(await inbox.text()).toContain("<h1>Development inbox</h1>");
  expect(server.credentials).toEqual({
    app_id: expect.stringMatching(/^c[a-z0-9]{24}$/),
    app_secret: expect.any(String),
    client_id: expect.stringMatching(/^client_/),
    api_key: expect.stringMatching(/^sk_/),
    impersonate_url: `${server.url}/dev/impersonate`,
  });
});

test("a mail is listed for its address, newest first, with its code apart", async () => {
  const client = newClient({ baseUrl: server.url, appId: server.credentials.app_id });
  const to = newAddress();
  for (const count of [1, 2]) {
    await client.auth.email.sendCode(to);
    await server.mailedCode(to, count);
  }
  const mails = await server.mails(to);
  expect(mails).toHaveLength(2);
  for (const mail of mails) {
    expect(mail).toEqual({
      to,
      subject: "Your Latchkey demo code",
      text: expect.stringContaining(String(mail.code)),
      code: expect.stringMatching(/^[0-9]{6}$/),
      sent_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  }
  expect(Date.parse(mails[0]?.sent_at ?? "")).toBeGreaterThanOrEqual(
    Date.parse(mails[1]?.sent_at ?? ""),
  );
});

describe("it answers this machine only:", () => {
  test("another Host name gets 421, whatever it asks for", async () => {
    for (const path of ["/dev/credentials", "/demo/", "/healthz", "/api/v1/users/me"]) {
      await expect(get(path, { host: "evil.example" })).resolves.toBe(421);
      await expect(get(path, { host: "localhost.evil.example:4400" })).resolves.toBe(421);
    }
    await expect(get("/healthz", { host: "127.0.0.1" })).resolves.toBe(200);
  });

  test("what a proxy forwarded and what another site asks for gets no secrets", async () => {
    for (const headers of [
      { "x-forwarded-for": "203.0.113.9" },
      { forwarded: "for=203.0.113.9" },
      { "sec-fetch-site": "cross-site" },
    ] as Record<string, string>[]) {
      await expect(get("/dev/credentials", headers)).resolves.toBe(403);
      await expect(get("/dev/mail", headers)).resolves.toBe(403);
    }
  });
});

test("SIGTERM ends it cleanly, and the next start has the same app, users and sessions", async () => {
  const storage = newStorage();
  const client = newClient({ baseUrl: server.url, appId: server.credentials.app_id, storage });
  const { user } = await signIn(client, server);
  await expect(server.kill("SIGTERM")).resolves.toBe(0);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  await server.start();
  const credentials = await (await fetch(`${server.url}/dev/credentials`)).json();
  expect(credentials).toEqual(server.credentials);
  await expect(client.user.get()).resolves.toMatchObject({ user: { id: user.id } });
});
