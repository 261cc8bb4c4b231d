/** A person in Chromium at one of the sites. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { newAddress } from "../support/addresses.ts";
import type { DevServer } from "../support/dev-server.ts";

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly email: string;
  /** What a page shows of its values, once it shows them. */
  facts(id: "home" | "member" | "client"): Promise<Record<string, unknown>>;
  /** Fills in the hosted pages that the browser is at. */
  proveEmail(): Promise<void>;
  cookie(name?: string): Promise<string | undefined>;
  /** Puts a cookie of this site into the jar. */
  setCookie(value: string, name?: string): Promise<void>;
}

export async function openVisitor(
  browser: Browser,
  server: DevServer,
  site: string,
): Promise<Visitor> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const email = newAddress();
  return {
    page,
    context,
    email,
    async facts(id) {
      return JSON.parse((await page.locator(`#${id}`).textContent()) ?? "null");
    },
    async proveEmail() {
      await page.locator("input[name=email]").fill(email);
      await page.keyboard.press("Enter");
      await page.locator("input[name=code]").fill(await server.mailedCode(email));
      await page.keyboard.press("Enter");
    },
    async cookie(name = "wos-session") {
      const jar = await context.cookies(site);
      return jar.find((one) => one.name === name)?.value;
    },
    setCookie: (value, name = "wos-session") =>
      context.addCookies([{ name, value, url: site, httpOnly: true, sameSite: "Lax" }]),
  };
}
