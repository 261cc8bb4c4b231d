import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

export interface ProviderProcess {
  readonly issuer: string;
  /** Adds it to the app by `latchkey`, and registers the callback at each of these origins with it. */
  addTo(
    appId: string,
    latchkey: (...args: string[]) => Promise<string>,
    origins: readonly string[],
  ): Promise<void>;
  stop(): Promise<void>;
}

/** The name that the app's providers are called by on the wire. */
export const PROVIDER = "custom:acme";
export const BUTTON = "Continue with Acme";

/** A provider of the outside world: everybody may sign in there by any name. */
export async function startProvider(): Promise<ProviderProcess> {
  const entry = fileURLToPath(new URL("./provider-entry.ts", import.meta.url));
  const child: ChildProcess = fork(entry, { silent: true });
  const endWithTests = () => child.kill("SIGKILL");
  process.on("exit", endWithTests);
  const [{ issuer }] = (await once(child, "message")) as [{ issuer: string }];
  return {
    issuer,
    async addTo(appId, latchkey, origins) {
      const fixed = ["--client-id", "latchkey", "--public", "--slug", "acme", "--name", "Acme"];
      const made = await latchkey("providers", "add", appId, "oidc", "--issuer", issuer, ...fixed);
      const path = /\/api\/v1\/oauth\/callback\S*/.exec(made)?.[0] ?? "";
      const ready = once(child, "message");
      child.send({ redirectUris: origins.map((origin) => origin + path) });
      await ready;
    },
    async stop() {
      process.off("exit", endWithTests);
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A person at the provider's pages, in whichever window they are: signs in. */
export async function logInAt(page: Page, login: string): Promise<void> {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
}

/** Signs in for the first time there, and consents. */
export async function consentAt(page: Page, login: string): Promise<void> {
  await logInAt(page, login);
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
}

/** Goes back instead. */
export async function declineAt(page: Page): Promise<void> {
  await page.locator("input[name=login]").waitFor();
  await page.locator("a[href$='/abort']").click();
}
