import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inviteAdmin } from "../../admin/invitations.ts";
import { type AdminClient, openAdminClient } from "./testing/admin-client.ts";

const OWN = { subject: "Ihr Code für {{app_name}}", text: "Guten Tag\n\n{{code}}", html: null };
const JSON_HEADERS = { "content-type": "application/json" };

let client: AdminClient;
let clock = Date.now();
beforeAll(async () => {
  client = await openAdminClient({ now: () => clock });
});
afterAll(() => client.server.close());

const path = (kind = "code") => `/apps/${client.server.app.id}/mail-templates/${kind}`;

async function mailTo(email: string) {
  const { server } = client;
  const headers = {
    "privy-app-id": server.app.id,
    origin: "https://app.example.com",
    ...JSON_HEADERS,
  };
  const url = "https://sessions.example.com/api/v1/passwordless/init";
  const init = { method: "POST", headers, body: JSON.stringify({ email }) };
  await server.fetch(new Request(url, init), { ip: null });
  await server.services.outbox.drain();
  return server.mails.findLast(({ to }) => to === email);
}

describe("mail templates", () => {
  test("are used within seconds, and the usual words again after a reset", async () => {
    const put = await client.call("editor", "PUT", path(), { ...OWN, version: 0 });
    expect(put.body).toMatchObject({ isUsual: false, version: 1, ...OWN });
    clock += 6000;
    const mail = await mailTo("ada@example.com");
    expect(mail?.subject).toBe("Ihr Code für Test app");
    expect(mail?.text).toMatch(/^Guten Tag\n\n\d{6}\n$/);
    expect(mail?.code).toMatch(/^\d{6}$/);
    const reset = await client.call("editor", "DELETE", path());
    expect(reset.body).toMatchObject({
      isUsual: true,
      version: 0,
      subject: "Your {{app_name}} code",
    });
    clock += 6000;
    expect((await mailTo("bob@example.com"))?.subject).toBe("Your Test app code");
  });

  test("of two who edit at once tell the second, and overwrite nothing", async () => {
    const first = await client.call("editor", "PUT", path(), { ...OWN, version: 0 });
    expect(first.status).toBe(200);
    for (const version of [0, 7]) {
      const second = await client.call("editor", "PUT", path(), { ...OWN, version });
      expect(second).toMatchObject({ status: 409, body: { code: "changed_meanwhile" } });
    }
    const next = await client.call("editor", "PUT", path(), { ...OWN, version: 1 });
    expect(next.body.version).toBe(2);
    await client.call("editor", "DELETE", path());
  });

  test("say what is wrong beside the field", async () => {
    const bad = { subject: "{{code}}", text: "no code", html: "<script></script>", version: 0 };
    for (const [method, where] of [
      ["PUT", path()],
      ["POST", `${path()}/preview`],
    ] as const) {
      const { status, body } = await client.call("editor", method, where, bad);
      expect(status).toBe(400);
      expect(Object.keys(body.fields).sort()).toEqual(["html", "subject", "text"]);
    }
    const long = await client.call("editor", "PUT", path(), {
      ...OWN,
      subject: "x".repeat(201),
      version: 0,
    });
    expect(long.body.fields).toHaveProperty("subject");
    expect(
      (await client.call("editor", "PUT", path("unknown"), { ...OWN, version: 0 })).status,
    ).toBe(404);
  });

  test("are previewed by who may only look, without a line in the audit log", async () => {
    const entries = async () =>
      (await client.call("owner", "GET", "/audit-log?action=previewMailTemplate")).body.items;
    const { body } = await client.call("viewer", "POST", `${path()}/preview`, OWN);
    expect(body.subject).toBe("Ihr Code für Test app");
    expect(body.html).toContain("123 456");
    expect(await entries()).toEqual([]);
  });

  test("are sent as a test to administrators only, and twenty an hour", async () => {
    const { server } = client;
    const test = (body: object) =>
      client.call("editor", "POST", `${path()}/test`, { ...OWN, ...body });
    expect((await test({})).body.fields).toHaveProperty("to");
    expect((await test({ to: "stranger@example.com" })).body.fields).toHaveProperty("to");
    const { url } = await inviteAdmin(server.services, { email: "op@example.com", role: "editor" });
    const token = new URL(url).hash.slice("#token=".length);
    await client.send("POST", "/session/invitation", {
      headers: { ...JSON_HEADERS, "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ token }),
    });
    expect((await test({ to: "op@example.com" })).body).toEqual({ to: "op@example.com" });
    await server.services.outbox.drain();
    expect(server.mails.at(-1)).toMatchObject({
      to: "op@example.com",
      subject: "[Test] Ihr Code für Test app",
    });
    const statuses: number[] = [];
    for (let count = 0; count < 20; count++)
      statuses.push((await test({ to: "op@example.com" })).status);
    expect(statuses.at(-2)).toBe(200);
    expect(statuses.at(-1)).toBe(429);
  });
});
