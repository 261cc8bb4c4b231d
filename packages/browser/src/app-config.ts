import type { AppConfig } from "@latchkey/core/protocol/browser";
import type { Context } from "./context.ts";
import { LatchkeyClientError } from "./errors.ts";
import { withRetry } from "./retry.ts";
import { isSame } from "./snapshot.ts";

export interface AppConfigSource {
  /**
   * Returns with the configuration in the record: at once where an earlier page load left it there
   * (it is then looked up anew behind the scenes), else after asking the server.
   */
  ensure(): Promise<void>;
}

export function createAppConfig(context: Context, onLoaded: () => void): AppConfigSource {
  const { store, clock } = context;
  const { appId, serverUrl } = context.settings;
  let loading: Promise<void> | null = null;
  let loaded = false;

  async function load(): Promise<void> {
    const sent = clock.moment();
    const call = context.call<AppConfig>(`/apps/${appId}`);
    const { body: config, date } = await context.wait(call);
    if (config.id !== appId) {
      throw new LatchkeyClientError(
        "unavailable",
        `${serverUrl} does not know app ${appId}: wrong serverUrl?`,
      );
    }
    loaded = true;
    const { config: known, session } = store.read();
    // A time before the server's own stamp comes from a cache on the way.
    if (date && date >= (session?.issuedAt ?? 0)) clock.learn(date, sent);
    if (!isSame(config, known)) store.update((record) => ({ ...record, config }));
    // Client cookies left from development mode would hide the server's of the same names.
    if (known?.custom_api_url === null && context.cookieMode()) context.cookies.clear();
    onLoaded();
  }

  return {
    async ensure() {
      if (loaded) return;
      loading ??= withRetry(load, context.random).finally(() => {
        loading = null;
      });
      if (store.read().config) loading.catch(() => {});
      else await loading;
    },
  };
}
