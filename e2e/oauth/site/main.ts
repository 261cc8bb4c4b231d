/** An app without a framework that signs in with a provider; and the vendor's client, for tests to drive. */
import { createLatchkeyClient, LatchkeyClientError } from "@latchkey/browser";
import {
  completeOAuth,
  type OAuthReturn,
  popUpOAuth,
  startOAuth,
  unlinkOAuth,
} from "@latchkey/browser/oauth";
import Privy, { LocalStorage } from "@privy-io/js-sdk-core";

const { VITE_APP_ID: appId, VITE_SERVER_URL: serverUrl } = import.meta.env;
const provider = "custom:acme";
const latchkey = createLatchkeyClient({ appId, serverUrl });

const show = (id: string, text: string) => {
  (document.getElementById(id) as HTMLElement).textContent = text;
};

latchkey.subscribe(() => {
  const { status, user } = latchkey.getSnapshot();
  show("status", status);
  show("accounts", (user?.linked_accounts ?? []).map(({ type }) => type).join(" "));
});

function attempt(work: () => Promise<OAuthReturn | null | undefined>): () => void {
  return () =>
    work().then(
      (done) => done && show("outcome", `${done.intent} ${done.provider}`),
      (error) => show("outcome", error instanceof LatchkeyClientError ? error.code : String(error)),
    );
}

const actions: Record<string, () => Promise<OAuthReturn | null | undefined>> = {
  redirect: async () => void (await startOAuth(latchkey, { provider })),
  popup: () => popUpOAuth(latchkey, { provider }),
  link: async () => void (await startOAuth(latchkey, { provider, intent: "link" })),
  async unlink() {
    const accounts = latchkey.getSnapshot().user?.linked_accounts ?? [];
    const account = accounts.find((each) => each.type === provider);
    if (account && "subject" in account) {
      await unlinkOAuth(latchkey, { provider, subject: account.subject });
      show("outcome", "removed");
    }
    return null;
  },
};
for (const [id, work] of Object.entries(actions)) {
  document.getElementById(id)?.addEventListener("click", attempt(work));
}

/** Asked for by name: one page shows what one client does. */
async function withVendor(): Promise<void> {
  const options = { appId, baseUrl: serverUrl, storage: new LocalStorage(), logLevel: "NONE" };
  const privy = new Privy(options);
  await privy.initialize();
  Object.assign(globalThis, { privy });
  show("status", "vendor");
}

if (new URLSearchParams(location.search).get("client") === "vendor") {
  void withVendor();
} else {
  const signInAndGoTo = (redirectTo: string, intent?: "link") =>
    startOAuth(latchkey, { provider, redirectTo, intent });
  Object.assign(globalThis, { latchkey, arrivedWith: location.search, signInAndGoTo });
  void latchkey.start();
  attempt(() => completeOAuth(latchkey))();
}
