import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  createSessionServer,
  FAULTS,
  SERVER,
  type SessionServer,
} from "../test-support/session-server.ts";
import { createSite, Redirect, type Site } from "../test-support/site.ts";
import { CallbackError } from "./errors.ts";
import { createCallback } from "./handle-auth.ts";
import { createSignIn } from "./sign-in-route.ts";

let server: SessionServer;
let site: Site;

beforeEach(async () => {
  server = await createSessionServer();
  site = createSite(server);
});

/** The address that a sign-in of this browser comes back to. */
async function begun(options: Parameters<Site["manager"]["startSignIn"]>[1] = {}): Promise<string> {
  const started = site.keep(await site.manager.startSignIn(site.request(), options));
  return server.callback(started.url);
}

describe("the callback", () => {
  it("signs in and goes on, to a path of its own host whatever host it runs on", async () => {
    const answer = site.keep(
      await site.callback()(site.request(await begun({ returnTo: "/a?b=c" }))),
    );
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/a?b=c"]);
    expect([...site.jar.keys()]).toEqual(["wos-session"]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("goes to returnPathname when the sign-in named nothing, and to baseURL when given", async () => {
    const options = { returnPathname: "/home", baseURL: "https://public.example.com" };
    const answer = await site.callback(options)(site.request(await begun()));
    expect(answer.headers.get("location")).toBe("https://public.example.com/home");
    expect(() => createCallback(site, { baseURL: "public.example.com" })).toThrow(
      /baseURL must be/,
    );
  });

  it("sends who starts here to the session server, though there is a baseURL", async () => {
    const options = { baseURL: "https://public.example.com" };
    const answer = await site.callback(options)(site.request("/callback?start&return_to=/a"));
    expect(answer.headers.get("location")).toContain(`${SERVER}/user_management/authorize`);
  });

  it("tells onSuccess everything", async () => {
    const onSuccess = vi.fn();
    await site.callback({ onSuccess })(site.request(await begun({ state: "invite" })));
    expect(onSuccess.mock.lastCall?.[0]).toMatchObject({
      user: { id: "user_01" },
      refreshToken: "session_0.0",
      authenticationMethod: "MagicAuth",
      state: "invite",
    });
  });

  it("follows a redirect() of onSuccess, signed in", async () => {
    const onSuccess = () => {
      throw new Redirect("/welcome;now");
    };
    const answer = site.keep(await site.callback({ onSuccess })(site.request(await begun())));
    expect(answer.headers.get("location")).toBe("/welcome;now");
    expect(site.jar.has("wos-session")).toBe(true);
  });

  it("signs nobody in when onSuccess fails, and asks onError", async () => {
    const failure = new Error("no seat left");
    const onError = vi.fn(() => new Response("full", { status: 409 }));
    const onSuccess = () => Promise.reject(failure);
    const answer = site.keep(
      await site.callback({ onSuccess, onError })(site.request(await begun())),
    );
    expect(answer.status).toBe(409);
    expect(onError.mock.lastCall).toMatchObject([{ error: failure }]);
    expect([...site.jar.keys()]).toEqual([]);
    const away = site.callback({ onSuccess, onError: () => Response.redirect(`${APP}/full`) });
    const left = await away(site.request(await begun()));
    expect(left.headers.get("location")).toBe(`${APP}/full`);
    const call = site.callback({ onSuccess })(site.request(await begun()));
    await expect(call).rejects.toBe(failure);
    const notFound = Object.assign(new Error("gone"), { digest: "NEXT_HTTP_ERROR_FALLBACK;404" });
    const lost = site.callback({ onSuccess: () => Promise.reject(notFound), onError });
    await expect(lost(site.request(await begun()))).rejects.toBe(notFound);
  });
});

describe("a callback that fails", () => {
  it.each([
    ["", "missing_auth_params"],
    ["?code=x&state=y", "missing_pkce_cookie"],
    ["?error=access_denied&error_description=No", "authorization_error"],
  ])("%s is a page with words and a CallbackError %s, never a 500", async (query, code) => {
    const page = await site.callback()(site.request(`/callback${query}`));
    expect(page.status).toBe(400);
    expect(await page.text()).toContain("You are not signed in");
    const onError = vi.fn(() => new Response("mine"));
    const answer = await site.callback({ onError })(site.request(`/callback${query}`));
    expect(await answer.text()).toBe("mine");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    const [{ error }] = onError.mock.lastCall as unknown as [{ error: CallbackError }];
    expect(error).toBeInstanceOf(CallbackError);
    expect(error).toMatchObject({ code, path: "/callback", hasCode: query.includes("code=") });
    if (code === "authorization_error") {
      expect(error.data).toMatchObject({ error: "access_denied", error_description: "No" });
    }
  });

  it("takes an answer of Response.redirect(), whose headers cannot be changed", async () => {
    const onError = () => Response.redirect(`${APP}/oops`);
    const answer = await site.callback({ onError })(site.request("/callback"));
    expect([answer.status, answer.headers.get("location")]).toEqual([302, `${APP}/oops`]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("is finished: the flow's cookie goes", async () => {
    const back = await begun();
    const failed = new URL(back);
    failed.searchParams.delete("code");
    failed.searchParams.set("error", "access_denied");
    site.keep(await site.callback()(site.request(failed.href)));
    expect([...site.jar.keys()]).toEqual([]);
  });

  it.each(Object.keys(FAULTS))(
    "while the server answers %s works at the same address later",
    async (name) => {
      const back = await begun();
      server.fail(FAULTS[name] as never);
      const answer = site.keep(await site.callback()(site.request(back)));
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      server.recover();
      expect((await site.callback()(site.request(back))).status).toBe(303);
    },
  );

  it("used again goes on for who is signed in, and else is a page", async () => {
    const back = await begun();
    site.keep(await site.callback()(site.request(back)));
    expect((await site.callback()(site.request(back))).status).toBe(303);
    site.jar.clear();
    expect((await site.callback()(site.request(back))).status).toBe(400);
  });
});

describe("a code without a state", () => {
  it("signs in as an operator's impersonation", async () => {
    const code = server.code(null, true);
    site.keep(await site.callback()(site.request(`/callback?code=${code}`)));
    const found = await site.manager.getSession(site.request());
    expect(found).toMatchObject({ impersonator: { email: "op@example.com", reason: "Ticket" } });
  });

  it("of anybody else signs nobody in (login CSRF)", async () => {
    const onError = vi.fn(() => new Response());
    const url = `/callback?code=${server.code(null)}`;
    site.keep(await site.callback({ onError })(site.request(url)));
    expect([...site.jar.keys()]).toEqual([]);
    expect(onError.mock.lastCall).toMatchObject([{ error: { code: "missing_auth_params" } }]);
  });
});

it("handleSignIn begins a sign-in that comes back to what was asked for, on this site", async () => {
  const handler = createSignIn(site, { screenHint: "sign-up", returnTo: "/home" });
  for (const [path, expected] of [
    ["/login", "/home"],
    ["/login?return_to=/plans", "/plans"],
    ["/login?return_to=//evil.example", "/"],
  ] as const) {
    const answer = site.keep(await handler(site.request(path)));
    const location = answer.headers.get("location") ?? "";
    expect(new URL(location).searchParams.get("screen_hint")).toBe("sign-up");
    const back = await site.callback()(site.request(server.callback(location)));
    expect(back.headers.get("location")).toBe(expected);
  }
});
