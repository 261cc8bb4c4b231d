/**
 * The app that administrators are users of, so that their sessions are sessions like any other and
 * obey the same rules. No protocol answers for it: the directory does not know it.
 */
import { appSettings } from "@latchkey/core/protocol/app-settings";
import type { App } from "../apps/app-directory.ts";
import { newClientId } from "../apps/ids.ts";
import type { AppStore } from "../storage/store.ts";

const ID = "clatchkeydashboard0000000";
const HOUR = 3600;

/** ASVS 7.1.1: a dashboard that nobody looks at for half a day asks again, any after a week. */
const SETTINGS = appSettings.parse({
  emailAuth: false,
  sessionLifetime: 7 * 24 * HOUR,
  idleLifetime: 12 * HOUR,
});

export async function openDashboardApp(apps: AppStore): Promise<App> {
  const record = (await apps.find(ID)) ?? (await make(apps));
  return {
    ...record,
    settings: SETTINGS,
    clients: new Map(),
    secretHashes: [],
    apiKeyHashes: [],
    mailTemplates: new Map(),
  };
}

async function make(apps: AppStore) {
  const app = {
    id: ID,
    clientId: newClientId(),
    name: "Latchkey dashboard",
    kind: "internal" as const,
    settings: JSON.stringify(SETTINGS),
  };
  try {
    return await apps.create(app, []);
  } catch (error) {
    // Another instance that starts at the same time made it.
    const made = await apps.find(ID);
    if (made) return made;
    throw error;
  }
}
