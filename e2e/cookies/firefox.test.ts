/** What the guides say of cookies and links of other sites, in Firefox too. */
import { rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Firefox, hasFirefox, launchFirefox } from "../support/firefox.ts";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import { type AppSite, startAppSite } from "./app-site.ts";
import {
  APP,
  type Deployment,
  DOMAIN,
  ELSEWHERE,
  PUBLIC_URL,
  SESSION_HOST,
  startDeployment,
} from "./deployment.ts";

describe.skipIf(!hasFirefox)("Firefox", () => {
  let deployment: Deployment;
  let built: string;
  let scripts: StaticSite;
  let elsewhere: Server;
  let site: AppSite;
  let firefox: Firefox;
  let userId: string;

  beforeAll(async () => {
    deployment = await startDeployment({ accessTokenTtl: 3600 });
    built = await viteBuild(join(root, "e2e/cookies/site"), {
      VITE_APP_ID: deployment.appId,
      VITE_SERVER_URL: PUBLIC_URL,
    });
    scripts = await serveSite(built);
    site = await startAppSite({
      appId: deployment.appId,
      serverUrl: deployment.server.url,
      scripts,
      guard: { sessionHost: SESSION_HOST, signInPage: "/sign-in" },
    });
    elsewhere = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><title>News</title><a href="${APP}/notes">Read on</a>`);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as AddressInfo;
    deployment.front.serve(new URL(ELSEWHERE).host, `http://localhost:${port}`);
    deployment.front.serve(new URL(APP).host, site.url);
    firefox = await launchFirefox(deployment.front.port);
    await firefox.goto(`${APP}/`);
    const { email, code } = deployment.person;
    userId = await firefox.evaluate<string>(
      `ready.then(() => privy.auth.email.loginWithCode("${email}", "${code}")).then(({ user }) => user.id)`,
    );
  }, 180_000);
  afterAll(async () => {
    await firefox?.close();
    elsewhere?.close();
    await site?.close();
    await scripts?.close();
    await deployment?.browser.close();
    await deployment?.stop();
    if (built) rmSync(built, { recursive: true, force: true });
  });

  const follow = async () => {
    await firefox.goto(ELSEWHERE);
    site.pages.length = 0;
    await firefox.evaluate("document.querySelector('a').click()");
    await expect
      .poll(() => firefox.evaluate("document.querySelector('#who')?.textContent ?? location.href"))
      .toBe(userId);
  };

  test("keeps the cookies as they are set", async () => {
    const cookies = await firefox.cookies();
    const byName = Object.fromEntries(cookies.map((cookie) => [cookie.name, cookie]));
    expect(byName["privy-token"]).toMatchObject({
      domain: `.${DOMAIN}`,
      httpOnly: true,
      sameSite: "strict",
    });
    expect(byName["privy-refresh-token"]).toMatchObject({
      domain: `privy.${DOMAIN}`,
      httpOnly: true,
    });
    expect(await firefox.evaluate("document.cookie")).toBe("privy-session=t");
  });

  test("under Strict a link of another site is loaded again without a script, and knows the user", async () => {
    await follow();
    expect(site.pages).toEqual(["GET /notes 200", "GET /notes 200"]);
  });

  test("under Lax the cookies come along at once", async () => {
    await deployment.latchkey("apps", "update", deployment.appId, "--set", "sameSite=lax");
    // What every running server follows within.
    await new Promise((resolve) => setTimeout(resolve, 5500));
    const target = `${SESSION_HOST}/session/refresh?redirect_uri=${encodeURIComponent(`${APP}/open`)}`;
    await firefox.goto(target);
    expect(await firefox.evaluate("location.search")).toBe("?latchkey_refresh=renewed");
    await follow();
    expect(site.pages).toEqual(["GET /notes 200"]);
  });
});
