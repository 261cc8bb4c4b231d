import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../http/testing/app-server.ts";
import { type LoginWorld, openLoginWorld, sentTo } from "./testing/login-world.ts";
import type { TestBrowser } from "./testing/test-browser.ts";

const EMAIL = "ada@example.com";

let world: LoginWorld;
let backend: TestAppServer;
beforeEach(async () => {
  world = await openLoginWorld({ app: { organizationSelection: true } });
  backend = openAppServer(world);
});
afterEach(() => world.close());

async function join(...names: string[]): Promise<string[]> {
  const { serverId: user_id } = await backend.user(EMAIL);
  const ids: string[] = [];
  for (const name of names) {
    const id = (await backend.post("/organizations", { name })).as<{ id: string }>().id;
    const body = { user_id, organization_id: id };
    await backend.post("/user_management/organization_memberships", body);
    ids.push(id);
  }
  return ids;
}

/** As far as the page that asks for a choice, or beyond. */
async function prove(browser: TestBrowser, changes: Record<string, string> = {}) {
  const first = await browser.open(world.authorizeUrl(changes));
  const second = await browser.submit(first, { email: EMAIL });
  return browser.submit(second, { code: await world.codeFor(EMAIL) });
}

async function organizationOf(url: URL): Promise<string | null> {
  const sid = await world.beginSession(url.searchParams.get("code") ?? "");
  return (await world.services.store.sessions.read(sid)).session?.organizationId ?? null;
}

describe("an app that wants an organization chosen", () => {
  test("asks who belongs to several, and goes on with the state as it came", async () => {
    const [, second] = await join("First & Sons", "Second");
    const browser = world.browser();
    const page = await prove(browser);
    expect(page.text).toContain("Choose an organization");
    expect(page.text).toContain("First & Sons");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("form-action 'self' https://app.example.com");
    const back = sentTo(await browser.submit(page, { organization: second ?? "" }));
    expect(back.searchParams.get("state")).toBe("state-1");
    expect(await organizationOf(back)).toBe(second);
  });

  test("asks again where somebody is signed in already, and says so where nothing may be asked", async () => {
    const [first] = await join("First", "Second");
    const browser = world.browser();
    await prove(browser);
    const page = await browser.open(world.authorizeUrl());
    expect(page.text).toContain("Choose an organization");
    const back = sentTo(await browser.submit(page, { organization: first ?? "" }));
    expect(await organizationOf(back)).toBe(first);
    const silent = sentTo(await browser.request(world.authorizeUrl({ prompt: "none" })));
    expect(silent.searchParams.get("error")).toBe("login_required");
  });

  test("asks nobody who belongs to one or none, nor when it names one itself", async () => {
    const browser = world.browser();
    expect(await organizationOf(sentTo(await prove(browser)))).toBeNull();
    const [only] = await join("Only");
    expect(await organizationOf(sentTo(await browser.open(world.authorizeUrl())))).toBe(only);
    const [other] = await join("Other");
    const named = world.authorizeUrl({ organization_id: other ?? "" });
    expect(await organizationOf(sentTo(await browser.open(named)))).toBe(other);
  });

  test("takes no organization of somebody else, no other site's form and no other browser's (ASVS 3.5.1, 8.2.2)", async () => {
    await join("First", "Second");
    const foreign = (await backend.post("/organizations", { name: "Foreign" })).as<{
      id: string;
    }>();
    const browser = world.browser();
    const page = await prove(browser);
    const wrong = await browser.submit(page, { organization: foreign.id });
    expect([wrong.status, wrong.text]).toEqual([403, expect.stringContaining("not_a_member")]);
    const choose = new URL(page.url).searchParams.get("choose") ?? "";
    const crossSite = await browser.request("/login/organization", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "cross-site",
      },
      body: new URLSearchParams({ choose, organization: foreign.id }).toString(),
    });
    expect(crossSite.status).toBe(403);
    const stranger = await world.browser().open(page.url);
    expect([stranger.status, stranger.text]).toEqual([400, expect.stringContaining("cookies")]);
  });
});
