import { afterEach, describe, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../http/testing/app-server.ts";
import { type LoginWorld, openLoginWorld, sentTo } from "./testing/login-world.ts";

const EMAIL = "ada@example.com";
const PASSWORD = "eleven quiet harbours in fog";

let world: LoginWorld;
let backend: TestAppServer;
afterEach(() => world.close());

async function open(): Promise<void> {
  world = await openLoginWorld({ app: { passwordAuth: true } });
  backend = openAppServer(world);
}

/** The link of the newest mail to the address. */
async function linkFor(email: string): Promise<string> {
  await world.services.outbox.drain();
  const mail = world.mails.findLast(({ to }) => to === email);
  return /https:\S+/.exec(mail?.text ?? "")?.[0] ?? "";
}

async function invite(email: string): Promise<{ id: string; organizationId: string }> {
  const organization = await backend.post("/organizations", { name: "Engines" });
  const organization_id = organization.as<{ id: string }>().id;
  const made = await backend.post("/user_management/invitations", { email, organization_id });
  return { id: made.as<{ id: string }>().id, organizationId: organization_id };
}

const stateOf = async (id: string) =>
  (await backend.call(`/user_management/invitations/${id}`)).as<{ state: string }>().state;

async function organizationOf(code: string): Promise<string | null> {
  const sid = await world.beginSession(code);
  return (await world.services.store.sessions.read(sid)).session?.organizationId ?? null;
}

describe("the link of an invitation", () => {
  test("leads by way of signing in to having joined; to follow it accepts nothing", async () => {
    await open();
    const { id } = await invite(EMAIL);
    const browser = world.browser();
    const page = await browser.open(await linkFor(EMAIL));
    expect(page.text).toContain("Join Engines");
    expect(await stateOf(id)).toBe("pending");
    const login = await browser.submit(page, {
      token: new URL(page.url).searchParams.get("token") ?? "",
    });
    expect(login.html).toContain(`value="${EMAIL}"`);
    const asked = await browser.submit(login, { email: EMAIL });
    const done = await browser.submit(asked, { code: await world.codeFor(EMAIL) });
    expect([done.status, done.text]).toEqual([
      200,
      expect.stringContaining("You have joined Engines"),
    ]);
    expect(done.html).toContain('href="https://app.example.com/"');
    expect(await stateOf(id)).toBe("accepted");
  });

  test("asks who is signed in already for nothing more, and another address to be changed", async () => {
    await open();
    const { id } = await invite(EMAIL);
    const link = await linkFor(EMAIL);
    const browser = world.browser();
    await world.signIn(browser, EMAIL);
    const page = await browser.open(link);
    const done = await browser.submit(page, {});
    expect(done.text).toContain("You have joined Engines");
    expect(await stateOf(id)).toBe("accepted");

    const grace = await invite("grace@example.com");
    const login = await browser.submit(await browser.open(await linkFor("grace@example.com")), {});
    const asked = await browser.submit(login, { email: EMAIL });
    const wrong = await browser.submit(asked, { code: await world.codeFor(EMAIL) });
    expect([wrong.status, wrong.text]).toEqual([
      403,
      expect.stringContaining("invitation_email_mismatch"),
    ]);
    expect(await stateOf(grace.id)).toBe("pending");
  });

  test("says that it is over", async () => {
    await open();
    const { id } = await invite(EMAIL);
    await backend.call(`/user_management/invitations/${id}/revoke`, { method: "POST" });
    const page = await world.browser().open(await linkFor(EMAIL));
    expect([page.status, page.text]).toEqual([400, expect.stringContaining("invitation is over")]);
  });
});

describe("invitation_token at the authorization endpoint", () => {
  test("is accepted by the sign-in, which begins in the organization", async () => {
    await open();
    const { organizationId } = await invite(EMAIL);
    const token = new URL(await linkFor(EMAIL)).searchParams.get("token") ?? "";
    const url = world.authorizeUrl({ invitation_token: token });
    const back = await world.signIn(world.browser(), EMAIL, url);
    expect(await organizationOf(back.searchParams.get("code") ?? "")).toBe(organizationId);
  });

  test("that is no good is said before anybody signs in", async () => {
    await open();
    const page = await world
      .browser()
      .open(world.authorizeUrl({ invitation_token: "x".repeat(43) }));
    expect([page.status, page.text]).toEqual([400, expect.stringContaining("invitation_invalid")]);
    const malformed = await world.browser().request(world.authorizeUrl({ invitation_token: "x" }));
    expect(sentTo(malformed).searchParams.get("error")).toBe("invalid_request");
  });
});

describe("the link of a password reset", () => {
  async function ask(): Promise<string> {
    await backend.user(EMAIL);
    await backend.post("/user_management/password_reset", { email: EMAIL });
    return linkFor(EMAIL);
  }
  const signIn = () =>
    backend.authenticate({ grant_type: "password", email: EMAIL, password: PASSWORD });

  test("takes a new password, once, and refuses a weak one beside the field (ASVS 6.2.4)", async () => {
    await open();
    const browser = world.browser();
    const page = await browser.open(await ask());
    expect(page.text).toContain(EMAIL);
    const weak = await browser.submit(page, { password: "password123" });
    expect([weak.status, weak.html]).toEqual([422, expect.stringContaining("aria-invalid")]);
    expect((await signIn()).status).toBe(400);
    const done = await browser.submit(weak, { password: PASSWORD });
    expect([done.status, done.text]).toEqual([200, expect.stringContaining("password is set")]);
    expect((await signIn()).status).toBe(200);
    const again = await browser.submit(weak, { password: `${PASSWORD} again` });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining("link is over")]);
  });

  test("is taken from this site's pages only, and tells no other site where it was (ASVS 3.5.1)", async () => {
    await open();
    const link = await ask();
    const browser = world.browser();
    const page = await browser.open(link);
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    const token = new URL(link).searchParams.get("token") ?? "";
    const foreign = await browser.request("/login/reset-password", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "cross-site",
      },
      body: new URLSearchParams({ token, password: PASSWORD }).toString(),
    });
    expect(foreign.status).toBe(403);
    expect((await signIn()).status).toBe(400);
  });
});
