/** The vendor's unmodified client in a page, for the test to drive; and a /refresh page made with it. */
import Privy, { LocalStorage } from "@privy-io/js-sdk-core";

const { VITE_APP_ID, VITE_CLIENT_ID, VITE_SERVER_URL } = import.meta.env;
const options = {
  appId: VITE_APP_ID,
  ...(VITE_CLIENT_ID && { clientId: VITE_CLIENT_ID }),
  baseUrl: VITE_SERVER_URL,
  storage: new LocalStorage(),
  logLevel: "NONE",
};
const privy = new Privy(options);
const ready = privy.initialize();

async function refreshPage(): Promise<void> {
  await ready;
  const wish = new URLSearchParams(location.search).get("redirect_uri") ?? "/notes";
  const token = await privy.getAccessToken();
  location.replace(token === null ? "/sign-in" : wish);
}

Object.assign(globalThis, { privy, ready });
if (location.pathname === "/refresh") void refreshPage();
