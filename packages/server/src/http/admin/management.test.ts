import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inviteAdmin } from "../../admin/invitations.ts";
import type { AdminRole } from "../../storage/store.ts";
import { type AdminAnswer, type AdminClient, openAdminClient } from "./testing/admin-client.ts";

const PAGE = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
const EMAIL = "ada@example.com";

let client: AdminClient;
let clock: number;
beforeEach(async () => {
  clock = Date.now();
  client = await openAdminClient({ now: () => clock });
});
afterEach(() => client.server.close());

const cookieOf = ({ headers }: AdminAnswer, name = "__Host-latchkey-dashboard") =>
  headers
    .getSetCookie()
    .find((line) => line.startsWith(`${name}=`))
    ?.split(";")[0] ?? "";

async function signedIn(role: AdminRole = "owner", email = EMAIL): Promise<string> {
  const { url } = await inviteAdmin(client.server.services, { email: null, role });
  const token = new URL(url).hash.slice("#token=".length);
  const answer = await client.send("POST", "/session/invitation", {
    headers: PAGE,
    body: JSON.stringify({ token, email }),
  });
  expect(answer.status).toBe(200);
  return cookieOf(answer);
}

const browse = (cookie: string, method: string, path: string, body?: unknown) =>
  client.send(method, path, {
    headers: { ...PAGE, cookie },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

describe("signing in to the dashboard", () => {
  test("a link makes an administrator once, with a session in an HttpOnly cookie of this host alone (ASVS 3.3.1, 3.3.3, 3.3.4)", async () => {
    const { url } = await inviteAdmin(client.server.services, { email: null, role: "owner" });
    expect(url).toMatch(/^https:\/\/sessions\.example\.com\/dashboard\/welcome#token=lk_invite_/);
    const redeem = (email: string) =>
      client.send("POST", "/session/invitation", {
        headers: PAGE,
        body: JSON.stringify({ token: new URL(url).hash.slice(7), email }),
      });
    const first = await redeem(EMAIL);
    expect(first.body.admin).toMatchObject({ email: EMAIL, role: "owner" });
    const [line = ""] = first.headers.getSetCookie();
    expect(line).toMatch(
      /^__Host-latchkey-dashboard=[^;]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect((await redeem("eve@example.com")).body.code).toBe("invitation_not_found");
    const me = await browse(cookieOf(first), "GET", "/session");
    expect(me.body).toMatchObject({ kind: "admin", name: EMAIL, role: "owner" });
    expect(me.headers.get("cache-control")).toContain("no-store");
  });

  test("a mailed code signs an administrator in again, in the browser that asked for it (ASVS 6.6.2)", async () => {
    await signedIn();
    const sent = await client.send("POST", "/session/code", {
      headers: PAGE,
      body: JSON.stringify({ email: EMAIL }),
    });
    expect(sent.status).toBe(204);
    const code = await client.server.codeFor(EMAIL);
    const signIn = (cookie: string) => browse(cookie, "POST", "/session", { email: EMAIL, code });
    expect((await signIn("")).body.code).toBe("invalid_credentials");
    const answer = await signIn(cookieOf(sent, "__Host-latchkey-prelogin"));
    expect(answer.body.admin.email).toBe(EMAIL);
    expect((await browse(cookieOf(answer), "GET", "/session")).status).toBe(200);
  });

  test("strangers who use an administrator's codes up lock out no browser that signed in before (ASVS 6.1.1)", async () => {
    await signedIn();
    const ask = (cookie: string) => browse(cookie, "POST", "/session/code", { email: EMAIL });
    const preLogin = cookieOf(await ask(""), "__Host-latchkey-prelogin");
    const code = await client.server.codeFor(EMAIL);
    const first = await browse(preLogin, "POST", "/session", { email: EMAIL, code });
    const [device = ""] = first.headers.getSetCookie().filter((line) => /-device-/.test(line));
    const known = `${preLogin}; ${device.split(";")[0]}`;
    for (let time = 0; time < 4; time++) await ask("");
    for (let time = 0; time < 30; time++) {
      clock += 600_001;
      const stranger = cookieOf(await ask(""), "__Host-latchkey-prelogin");
      await browse(stranger, "POST", "/session", { email: EMAIL, code: "000000" });
    }
    expect((await ask(known)).status).toBe(204);
    const own = await client.server.codeFor(EMAIL);
    const again = await browse(known, "POST", "/session", { email: EMAIL, code: own });
    expect(again.body.admin?.email).toBe(EMAIL);
    const stranger = cookieOf(await ask(""), "__Host-latchkey-prelogin");
    const guess = { email: EMAIL, code: await client.server.codeFor(EMAIL) };
    expect((await browse(stranger, "POST", "/session", guess)).status).toBe(429);
  });

  test("who is no administrator gets the same answer and no mail (ASVS 6.3.8)", async () => {
    const sent = await client.send("POST", "/session/code", {
      headers: PAGE,
      body: JSON.stringify({ email: "nobody@example.com" }),
    });
    expect(sent.status).toBe(204);
    await client.server.services.outbox.drain();
    expect(client.server.mails).toEqual([]);
  });

  test("a link for less leads to no administrator who may do more (ASVS 8.2.1)", async () => {
    await signedIn("owner");
    const { url } = await inviteAdmin(client.server.services, { email: null, role: "viewer" });
    const token = new URL(url).hash.slice("#token=".length);
    const redeem = (email: string) =>
      client.send("POST", "/session/invitation", {
        headers: PAGE,
        body: JSON.stringify({ token, email }),
      });
    const taken = await redeem(EMAIL);
    expect([taken.status, Object.keys(taken.body.fields)]).toEqual([400, ["email"]]);
    expect(taken.headers.getSetCookie()).toEqual([]);
    expect((await redeem("eve@example.com")).body.admin.role).toBe("viewer");
  });

  test("an owner's link leads to no administrator that there is, the operator's does (ASVS 8.2.1)", async () => {
    await signedIn("owner", "bob@example.com");
    const { services } = client.server;
    const invited = await client.call("owner", "POST", "/admin-invitations", {
      email: "bob@example.com",
      role: "owner",
    });
    expect([invited.status, Object.keys(invited.body.fields)]).toEqual([400, ["email"]]);
    const redeem = (url: string) =>
      client.send("POST", "/session/invitation", {
        headers: PAGE,
        body: JSON.stringify({ token: new URL(url).hash.slice(7), email: "bob@example.com" }),
      });
    const open = await client.call("owner", "POST", "/admin-invitations", {
      email: null,
      role: "owner",
    });
    const refused = await redeem(open.body.url);
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([400, []]);
    const { url } = await inviteAdmin(services, { email: null, role: "owner", by: "operator" });
    expect((await redeem(url)).body.admin.email).toBe("bob@example.com");
  });

  test("what strangers may call is bounded by network before it is noted (ASVS 2.4.1, 6.3.1)", async () => {
    await client.server.close();
    client = await openAdminClient({ settings: { limitByIp: true }, now: () => clock });
    const ask = (at: number) =>
      client.send("POST", "/session/code", {
        headers: PAGE,
        body: JSON.stringify({ email: `p${at}@example.com` }),
      });
    for (let at = 0; at < 60; at++) expect((await ask(at)).status).toBe(204);
    for (const [method, path, body] of [
      ["POST", "/session/code", { email: EMAIL }],
      ["POST", "/session", { email: EMAIL, code: "000000" }],
      ["POST", "/session/invitation", { token: "lk_invite_guess" }],
      ["DELETE", "/session", undefined],
    ] as const) {
      const answer = await browse("", method, path, body);
      expect([answer.status, answer.body.code]).toEqual([429, "too_many_requests"]);
      expect(answer.headers.get("retry-after")).toBe("600");
    }
    expect((await client.call("owner", "GET", "/audit-log?limit=100")).body.items).toHaveLength(60);
  });

  test("signing out is final (ASVS 7.4.1)", async () => {
    const cookie = await signedIn();
    expect((await browse(cookie, "DELETE", "/session")).status).toBe(204);
    expect((await browse(cookie, "GET", "/session")).body.code).toBe("sign_in_required");
  });

  test("a session idle for half a day is over, and so is any after a week (ASVS 7.3.1, 7.3.2)", async () => {
    const cookie = await signedIn();
    clock += 12 * 3_600_000 + 1000;
    expect((await browse(cookie, "GET", "/session")).body.code).toBe("sign_in_required");
  });

  test("a removed administrator's session ends at once (ASVS 7.4.2)", async () => {
    const owner = await signedIn();
    const cookie = await signedIn("editor", "bob@example.com");
    const { body } = await browse(owner, "GET", "/admins");
    const bob = body.items.find((each: { email: string }) => each.email === "bob@example.com");
    expect((await browse(cookie, "GET", "/apps")).status).toBe(200);
    expect((await browse(owner, "DELETE", `/admins/${bob.id}`)).status).toBe(204);
    expect((await browse(cookie, "GET", "/apps")).status).toBe(401);
  });

  test("a database that is away says nothing about the session (R5)", async () => {
    const cookie = await signedIn();
    await client.server.services.store.close();
    const answer = await browse(cookie, "GET", "/session");
    expect(answer.status).toBe(503);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe("a change", () => {
  test("by cookie is taken from pages of this server only (ASVS 3.5.1)", async () => {
    const cookie = await signedIn();
    for (const headers of [
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { "sec-fetch-site": "same-site", origin: "https://app.example.com" },
      { origin: "https://app.example.com" },
      {},
    ]) {
      const answer = await client.send("POST", "/apps", {
        headers: { "content-type": "application/json", cookie, ...headers },
        body: JSON.stringify({ name: "Forged", kind: "production" }),
      });
      expect(answer.body.code).toBe("forbidden");
    }
  });

  test("is not made on an app's domain: the dashboard answers on its own host (ASVS 3.5.4)", async () => {
    const answer = await client.send("GET", "/apps", {
      origin: "https://privy.customer.example",
      headers: {},
    });
    expect(answer.status).toBe(421);
    expect(answer.body.code).toBe("misdirected_request");
  });

  test("of what somebody else changed meanwhile is refused, and overwrites nothing", async () => {
    const path = `/apps/${client.server.app.id}`;
    const { body: read } = await client.call("viewer", "GET", path);
    const change = (theme: string) =>
      client.call("editor", "PATCH", path, { version: read.version, settings: { theme } });
    expect((await change("dark")).status).toBe(200);
    const second = await change("light");
    expect(second.status).toBe(409);
    expect(second.body.code).toBe("changed_meanwhile");
    expect((await client.call("viewer", "GET", path)).body.settings.theme).toBe("dark");
  });

  test("that is wrong is told field by field", async () => {
    const path = `/apps/${client.server.app.id}`;
    const { body: read } = await client.call("viewer", "GET", path);
    const answer = await client.call("editor", "PATCH", path, {
      version: read.version,
      settings: { accentColor: "red", allowedOrigins: ["https://*.com"], colour: 1 },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.fields).toHaveProperty(["settings.colour"]);
    const again = await client.call("editor", "PATCH", path, {
      version: read.version,
      settings: { accentColor: "red", allowedOrigins: ["example"] },
    });
    expect(again.body.fields["settings.accentColor"]).toBe("must be a colour such as #ff8800");
    expect(again.body.fields).toHaveProperty(["settings.allowedOrigins.0"]);
  });

  test("is in the audit log with who, what, before and after", async () => {
    const cookie = await signedIn();
    const path = `/apps/${client.server.app.id}`;
    const { body: read } = await browse(cookie, "GET", path);
    await browse(cookie, "PATCH", path, { version: read.version, name: "Renamed" });
    // Of what happens within one millisecond the log keeps no order.
    clock += 1;
    await browse(cookie, "PATCH", path, { version: 1, name: "Refused" });
    const { body } = await browse(cookie, "GET", `/audit-log?appId=${client.server.app.id}`);
    expect(body.items).toMatchObject([
      { action: "updateApp", outcome: "refused", actor: { kind: "admin", name: EMAIL } },
      {
        action: "updateApp",
        outcome: "done",
        actor: { kind: "admin", name: EMAIL },
        target: path,
        before: { name: "Test app" },
        after: { name: "Renamed" },
      },
    ]);
  });

  test("never puts a secret into the audit log (ASVS 16.2.5)", async () => {
    const path = `/apps/${client.server.app.id}`;
    const { body: key } = await client.call("owner", "POST", "/admin-api-keys", { name: "deploy" });
    const { body: rotated } = await client.call("owner", "POST", `${path}/secrets`, {
      kind: "app_secret",
    });
    const { body: app } = await client.call("owner", "POST", "/apps", {
      name: "Another",
      kind: "production",
    });
    const { body: invited } = await client.call("owner", "POST", "/admin-invitations", {
      role: "viewer",
    });
    const { body: test } = await client.call("owner", "POST", `${path}/test-accounts`);
    const log = JSON.stringify((await client.call("viewer", "GET", "/audit-log")).body);
    const secrets = [key.secret, rotated.secret, app.appSecret, app.apiKey, test.code];
    for (const secret of [...secrets, new URL(invited.url).hash.slice(7)]) {
      expect(log).not.toContain(secret);
    }
  });
});

describe("users", () => {
  test("are imported one by one: what is wrong with some keeps none of the others out", async () => {
    const path = `/apps/${client.server.app.id}/users`;
    const { body } = await client.call("editor", "POST", `${path}/import`, {
      users: [
        { email: "Ada@Example.com" },
        { email: "ada@example.com" },
        { email: "nonsense" },
        { customUserId: "7", customMetadata: { plan: "pro" } },
        {},
      ],
    });
    expect(body.created).toBe(2);
    expect(body.refused.map(({ index }: { index: number }) => index)).toHaveLength(3);
    const found = await client.call("viewer", "GET", `${path}?search=ada@`);
    expect(found.body.items).toHaveLength(1);
  });

  test("are found by the beginning of an address, and leafed through without a gap", async () => {
    const { services, app } = client.server;
    const emails = Array.from({ length: 25 }, (_, index) => `user${index}@example.com`);
    await services.store.users.create(
      app.id,
      emails.map((subject, index) => ({
        ids: { id: `c${String(index).padStart(24, "0")}`, serverId: `user_${index}` },
        accounts: [{ type: "email", subject }],
        customMetadata: null,
      })),
    );
    for (const [query, expected] of [
      ["", 25],
      ["search=USER1", 11],
      ["search=user24@example.com", 1],
      ["search=nobody", 0],
    ] as const) {
      const seen: string[] = [];
      for (let after: string | null = ""; after !== null; ) {
        const { body } = await client.call(
          "viewer",
          "GET",
          `/apps/${app.id}/users?limit=4&${query}&after=${after}`,
        );
        seen.push(...body.items.map((user: { id: string }) => user.id));
        after = body.next;
      }
      expect(seen).toHaveLength(expected);
      expect(new Set(seen).size).toBe(expected);
    }
    const { body } = await client.call("viewer", "GET", `/apps/${app.id}/users?after=nonsense`);
    expect(body.code).toBe("invalid_cursor");
  });
});
