import type { BrowserContext, Page } from "playwright-core";
import { newAddress } from "../support/addresses.ts";
import { complaintsOf } from "../support/chromium.ts";
import type { DevServer } from "../support/dev-server.ts";

/** The demo page in one tab, as a person uses it. */
export interface DemoPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Types an address and the code that was mailed to it. Answers the address. */
  signIn(address?: string): Promise<string>;
  refreshNow(): Promise<void>;
  signOut(): Promise<void>;
  /** Waits until the page shows this address as signed in. */
  showsUser(address: string): Promise<void>;
  showsSignInForm(): Promise<void>;
  generation(): Promise<number>;
  /** Waits until what is shown under the status is this. */
  showsStatus(status: "signed_in" | "signed_out" | "error" | "loading"): Promise<void>;
}

export async function openDemo(context: BrowserContext, server: DevServer): Promise<DemoPage> {
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  const answer = await page.goto(`${server.url}/demo/`);
  if (answer?.status() !== 200) {
    throw new Error(`the demo answered ${answer?.status()}: ${await answer?.text()}`);
  }
  const field = (id: string) => page.getByTestId(id);
  const showsUser = (address: string) => field("user-email").filter({ hasText: address }).waitFor();
  const showsSignInForm = () => field("sign-in-email").waitFor();
  return {
    page,
    complaints,
    async signIn(address = newAddress()) {
      const { length } = await server.mails(address);
      await field("sign-in-email").fill(address);
      await page.keyboard.press("Enter");
      await field("sign-in-code").waitFor();
      await field("sign-in-code").fill(await server.mailedCode(address, length + 1));
      await page.keyboard.press("Enter");
      await showsUser(address);
      return address;
    },
    async refreshNow() {
      await field("refresh-now").click();
      await page.getByText("Refreshed:").waitFor();
    },
    async signOut() {
      await field("sign-out").click();
      await showsSignInForm();
    },
    showsUser,
    showsSignInForm,
    generation: async () => Number(await field("generation").textContent()),
    showsStatus: (status) => page.locator(`[data-testid=status][data-status=${status}]`).waitFor(),
  };
}

/** What the demo's client keeps in this browser. */
export async function storedRefreshToken(page: Page): Promise<string> {
  const state = await page.context().storageState();
  const [, token] =
    /"refreshToken":"([^"]+)"/.exec(
      state.origins
        .flatMap(({ localStorage }) => localStorage)
        .map(({ value }) => value)
        .join("\n"),
    ) ?? [];
  if (!token) throw new Error("The browser keeps no refresh token.");
  return token;
}
