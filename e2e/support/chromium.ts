import { type Browser, chromium, type Page } from "playwright-core";

/** `npm test` finds a Chromium and names it here. */
const executablePath = process.env.LATCHKEY_CHROMIUM || "/usr/bin/chromium";

/** Its own services are off: tests talk to this machine only. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param home whose certificate database it trusts, instead of this user's */
export function launchChromium(more: readonly string[] = [], home?: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [...args, ...more],
    headless: true,
    ...(home === undefined ? {} : { env: { ...process.env, HOME: home } }),
  });
}

/** What the page complained of, as it goes on. Also lists every request that left this machine. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    const local = ["data:", "blob:"].includes(url.protocol) || url.hostname === "localhost";
    if (!local) complaints.push(`a request to ${url.origin}`);
  });
  return complaints;
}
