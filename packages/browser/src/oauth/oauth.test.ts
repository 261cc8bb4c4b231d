import type { AppConfig } from "@latchkey/core/protocol/browser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { instead } from "../testing/fake-network.ts";
import { openFakePage } from "../testing/fake-oauth-page.ts";
import { ADA, pass, settle, setUp } from "../testing/set-up.ts";
import { completeOAuth, oauthProviders, popUpOAuth, startOAuth, unlinkOAuth } from "./index.ts";

const HOME = "https://app.example.com/sign-in?next=%2Fnotes&x=a+b#top";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ["setTimeout", "setInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What is hashed takes real time: it is waited for in both. */
async function finish<T>(work: Promise<T>): Promise<T> {
  let settled = false;
  work.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  while (!settled) {
    await pass(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return work;
}

/** Where the provider sends the browser, as the server would write it. */
function back(
  providerUrl: string | undefined,
  changes: Record<string, string | null> = {},
): string {
  const asked = new URL(providerUrl ?? "").searchParams;
  const answer: Record<string, string | null> = {
    privy_oauth_state: asked.get("state"),
    privy_oauth_provider: "google",
    privy_oauth_code: "code-1",
    ...changes,
  };
  const [page = "", hash = ""] = (asked.get("to") ?? "").split("#");
  const added = Object.entries(answer).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${page}${page.includes("?") ? "&" : "?"}${added.join("&")}#${hash}`;
}

async function begun(options: { signedIn?: boolean; intent?: "link" } = {}) {
  const world = setUp();
  const { client } = world.tab;
  const page = openFakePage(HOME);
  await settle(client.start(), 100);
  if (options.signedIn) await settle(client.signInWithCode(ADA), 100);
  const { intent } = options;
  await finish(startOAuth(client, { provider: "google", page, ...(intent && { intent }) }));
  return { ...world, client, page };
}

describe("signing in at a provider and coming back", () => {
  it("begins with PKCE and a state of its own, from the page as it was (RFC 7636, RFC 6749 section 10.12)", async () => {
    const { server, page } = await begun();
    const asked = server.requests.findLast(({ path }) => path === "/oauth/init")?.body;
    expect(asked).toMatchObject({ provider: "google", redirect_to: HOME });
    expect(asked?.code_challenge).toMatch(/^[\w-]{43}$/);
    expect(asked?.state_code).toMatch(/^[\w-]{48}$/);
    expect(page.went).toEqual([expect.stringContaining("https://provider.example/authorize")]);
  });

  it("uses the answer once and takes it out of the address, which is else as it was", async () => {
    const { client, page, server } = await begun();
    const returned = page.load(back(page.went[0]));
    const both = Promise.all([
      completeOAuth(client, { page: returned }),
      completeOAuth(client, { page: returned }),
    ]);
    const [one, other] = await settle(both, 1000);
    expect(one).toMatchObject({ provider: "google", intent: "sign_in", isNewUser: true });
    expect(other).toBe(one);
    expect(returned.address()).toBe(HOME);
    expect(client.getSnapshot().status).toBe("signed_in");
    expect(await settle(completeOAuth(client, { page: returned }))).toBeNull();
    expect(server.count("/oauth/authenticate")).toBe(1);
    const again = page.load(back(page.went[0]));
    await expect(settle(completeOAuth(client, { page: again }))).rejects.toMatchObject({
      code: "oauth_state_mismatch",
    });
  });

  it("says that the person declined, and which failure of the provider it was, and signs nobody out", async () => {
    for (const [changes, code] of [
      [{ privy_oauth_code: "undefined" }, "oauth_user_denied"],
      [
        { privy_oauth_code: "undefined", privy_oauth_error: "provider_unavailable" },
        "provider_unavailable",
      ],
    ] as const) {
      const { client, page } = await begun({ signedIn: true });
      const returned = page.load(back(page.went[0], changes));
      await expect(settle(completeOAuth(client, { page: returned }))).rejects.toMatchObject({
        code,
      });
      expect(returned.address()).toBe(HOME);
      expect(client.getSnapshot().status).toBe("signed_in");
    }
  });

  it("refuses what it did not begin, without asking the server (login CSRF)", async () => {
    const { client, page, server } = await begun();
    for (const returned of [
      page.load(back(page.went[0], { privy_oauth_state: "somebody-elses" })),
      // Another tab has a storage of its own.
      openFakePage(back(page.went[0])),
    ]) {
      await expect(settle(completeOAuth(client, { page: returned }))).rejects.toMatchObject({
        code: "oauth_state_mismatch",
      });
      expect(returned.address()).toBe(HOME);
    }
    expect(server.count("/oauth/authenticate")).toBe(0);
  });

  it("takes the answer of one provider for no other's (mix-up)", async () => {
    const { client, page } = await begun();
    const returned = page.load(back(page.went[0], { privy_oauth_provider: "github" }));
    await expect(settle(completeOAuth(client, { page: returned }))).rejects.toMatchObject({
      code: "oauth_state_mismatch",
    });
  });

  it("leaves every other page alone", async () => {
    const { client, page } = await begun();
    for (const address of [HOME, `${HOME.split("#")[0]}&privy_oauth_state=x`]) {
      const other = page.load(address);
      expect(await settle(completeOAuth(client, { page: other }))).toBeNull();
      expect(other.address()).toBe(address);
    }
  });

  it("says of a provider that is away that it is the provider, and stays on the page", async () => {
    const { tab } = setUp();
    await settle(tab.client.start(), 100);
    const away = { error: "Acme does not answer.", code: "provider_unavailable" };
    tab.network = () => instead(503, away, { "retry-after": "5" });
    const page = openFakePage(HOME);
    const start = startOAuth(tab.client, { provider: "google", page });
    await expect(finish(start)).rejects.toMatchObject({
      code: "provider_unavailable",
      status: 503,
      retryAfter: 5,
    });
    tab.network = () => instead(503);
    const again = startOAuth(tab.client, { provider: "google", page });
    await expect(finish(again)).rejects.toMatchObject({ code: "unavailable" });
    expect(page.went).toEqual([]);
  });

  it("says so where the browser keeps nothing for the page, before it leaves", async () => {
    const { tab } = setUp();
    await settle(tab.client.start(), 100);
    const page = openFakePage(HOME, { storage: null });
    const start = startOAuth(tab.client, { provider: "google", page });
    await expect(finish(start)).rejects.toMatchObject({ code: "storage_blocked" });
    expect(page.went).toEqual([]);
  });
});

describe("adding a provider's account, and taking it away", () => {
  it("changes the user that is shown, and hands on the provider's tokens", async () => {
    const { client, page } = await begun({ signedIn: true, intent: "link" });
    const returned = page.load(back(page.went[0]));
    const done = await settle(completeOAuth(client, { page: returned }), 1000);
    expect(done).toMatchObject({ intent: "link", tokens: { access_token: "t" } });
    expect(done?.user).not.toHaveProperty("oauth_tokens");
    expect(client.getSnapshot().user?.linked_accounts).toHaveLength(2);
    await settle(unlinkOAuth(client, { provider: "google", subject: "g1" }), 1000);
    expect(client.getSnapshot().user?.linked_accounts).toHaveLength(1);
  });

  it("is for the user who began it: not for nobody, and not for whoever signed in meanwhile", async () => {
    const { tab } = setUp();
    await settle(tab.client.start(), 100);
    const nobody = openFakePage(HOME);
    const start = startOAuth(tab.client, { provider: "google", intent: "link", page: nobody });
    await expect(finish(start)).rejects.toMatchObject({ code: "not_signed_in" });

    const { client, page, server } = await begun({ signedIn: true, intent: "link" });
    await settle(client.signInWithCode({ ...ADA, email: "eve@example.com" }), 1000);
    const returned = page.load(back(page.went[0]));
    await expect(settle(completeOAuth(client, { page: returned }))).rejects.toMatchObject({
      code: "superseded",
    });
    expect(server.count("/oauth/link")).toBe(0);
  });
});

describe("a window of its own", () => {
  async function popped(options: { blocksPopups?: boolean } = {}) {
    const world = setUp();
    const page = openFakePage(HOME, options);
    await settle(world.tab.client.start(), 100);
    const done = popUpOAuth(world.tab.client, { provider: "google", page });
    done.catch(() => {});
    while (!options.blocksPopups && page.popup?.went.length !== 1) {
      await pass(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { ...world, page, done };
  }

  it("tells the page that opened it, and closes, while the page stays (ASVS 3.5.5)", async () => {
    const { tab, page, done } = await popped();
    const inside = page.popup?.load(back(page.popup.went[0]));
    const other = setUp().browser.openTab();
    expect(await settle(completeOAuth(other.client, { page: inside as never }))).toBeNull();
    expect(await settle(done, 1000)).toMatchObject({ provider: "google", intent: "sign_in" });
    expect(tab.client.getSnapshot().status).toBe("signed_in");
    expect(page.popup?.window.closed).toBe(true);
    expect([page.went, page.address()]).toEqual([[], HOME]);
  });

  it("hears nobody but that window, of this very origin", async () => {
    const { page, done } = await popped();
    const answer = { state: "x", provider: "google", code: "code-1", error: null };
    const data = { type: "latchkey:oauth", answer };
    const send = (fields: object) => {
      const message = new Event("message");
      Object.assign(message, { data, origin: new URL(HOME).origin }, fields);
      (page.events as EventTarget).dispatchEvent(message);
    };
    send({ source: {} });
    send({ source: page.popup?.window, origin: "https://evil.example" });
    // A page of ours that another site opened has nobody to tell.
    const framed = page.popup?.load(back(page.popup.went[0]), "https://evil.example");
    const other = setUp().browser.openTab();
    await settle(completeOAuth(other.client, { page: framed as never }), 100);
    await expect(settle(done, 5000)).rejects.toMatchObject({ code: "popup_closed" });
  });

  it("says that the browser blocked it, or that it was closed", async () => {
    const blocked = await popped({ blocksPopups: true });
    await expect(settle(blocked.done)).rejects.toMatchObject({ code: "popup_blocked" });
    expect(blocked.server.count("/oauth/init")).toBe(0);
    const closed = await popped();
    closed.page.popup?.close();
    await expect(settle(closed.done, 2000)).rejects.toMatchObject({ code: "popup_closed" });
  });
});

it("lists the app's providers in the order of their buttons, by what they are called", () => {
  const app = {
    twitter_oauth: true,
    github_oauth: true,
    google_oauth: true,
    apple_oauth: false,
    twitch_oauth: true,
    telegram_oauth: true,
    twitter_oauth_on_mobile_enabled: true,
    custom_oauth_providers: [
      {
        enabled: true,
        provider: "custom:acme",
        provider_display_name: "Acme",
        provider_icon_url: "",
      },
      { enabled: false, provider: "custom:x", provider_display_name: "X", provider_icon_url: "" },
    ],
  } as unknown as AppConfig;
  expect(oauthProviders(app).map(({ provider, name }) => [provider, name])).toEqual([
    ["google", "Google"],
    ["github", "GitHub"],
    ["twitter", "X"],
    ["twitch", "Twitch"],
    ["custom:acme", "Acme"],
  ]);
  expect(oauthProviders(null)).toEqual([]);
});
