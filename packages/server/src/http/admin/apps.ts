import type { AdminApp, appOperations } from "@latchkey/core/protocol/admin";
import {
  appClientSettings,
  appSettings,
  readSettings,
  writtenSettings,
} from "@latchkey/core/protocol/app-settings";
import type { ZodObject } from "zod";
import { rememberCookiePrefix } from "../../apps/cookie-prefix.ts";
import { createApp, rotateSecret } from "../../apps/create-app.ts";
import { newAppClientId, newCuid } from "../../apps/ids.ts";
import { enableTestAccount, listTestAccounts } from "../../apps/test-accounts.ts";
import { appWarnings, clientWarnings } from "../../cookies/setting-warnings.ts";
import type { Services } from "../../services.ts";
import type { AppClientRecord, AppRecord, Versioned } from "../../storage/store.ts";
import type { Handlers } from "./handler.ts";
import { changedMeanwhile, found } from "./missing.ts";
import { invalidFields } from "./read-call.ts";

const HOUR_MS = 3_600_000;

type Settings = Readonly<Record<string, unknown>>;

/** Apps, their settings, secrets and app clients. */
export function appHandlers(services: Services): Handlers<keyof typeof appOperations> {
  const { store, master } = services;

  async function requireRecord(appId: string): Promise<AppRecord> {
    const app = await store.apps.find(appId);
    return found(app?.kind === "internal" ? null : app, "app");
  }

  async function requireClient(appId: string, clientId: string) {
    const clients = await store.apps.versionedClients(appId);
    return found(clients.find(({ id }) => id === clientId) ?? null, "app client");
  }

  /** What would be refused at every sign-in: see users/custom-jwt.ts. */
  function requireTakenKeys(change: Settings = {}): void {
    const { jwksUrl } = (change.customJwt ?? {}) as Settings;
    if (services.settings.allowPrivateAddresses || typeof jwksUrl !== "string") return;
    if (URL.parse(jwksUrl)?.protocol !== "http:") return;
    throw invalidFields([
      {
        code: "custom",
        path: ["settings", "customJwt", "jwksUrl"],
        message:
          "must begin with https://, unless the operator sets LATCHKEY_ALLOW_PRIVATE_ADDRESSES=true",
        input: jwksUrl,
      },
    ]);
  }

  const withAppWarnings = async (app: AdminApp) => ({
    ...app,
    warnings: appWarnings(app.settings, await services.domains.activeDomainOf(app.id)),
  });

  async function withClientWarnings(appId: string, clients: ReturnType<typeof toClient>[]) {
    const app = readSettings((await requireRecord(appId)).settings);
    const active = await services.domains.activeDomainOf(appId);
    return clients.map((client) => ({
      ...client,
      warnings: clientWarnings(app, client.settings, active),
    }));
  }

  return {
    async listApps() {
      const apps = await store.apps.list();
      return {
        items: apps.map(({ id, clientId, name, kind }) => ({
          id,
          clientId,
          name,
          kind: wireKind(kind),
        })),
      };
    },

    async createApp({ body: { name, kind, settings }, record }) {
      requireTakenKeys(settings);
      const checked = applied(appSettings, {}, settings);
      const created = await createApp(store.apps, { name, kind, settings: checked });
      const app = toApp(created.app);
      record({ after: app, appId: app.id });
      const { appSecret, apiKey } = created;
      return { app, warnings: appWarnings(app.settings, null), appSecret, apiKey };
    },

    getApp: async ({ params: { appId } }) => withAppWarnings(toApp(await requireRecord(appId))),

    async updateApp({ params: { appId }, body: { version, name, settings }, record }) {
      requireTakenKeys(settings);
      const before = await requireRecord(appId);
      const checked = rememberCookiePrefix(
        readSettings(before.settings),
        applied(appSettings, JSON.parse(before.settings), settings),
      );
      const change = { name, ...(settings && { settings: JSON.stringify(checked) }) };
      const result = await store.apps.edit(appId, version, change);
      if (result === "changed") throw changedMeanwhile();
      const after = toApp(found(result, "app"));
      record({ before: toApp(before), after });
      return withAppWarnings(after);
    },

    async rotateAppSecret({ params: { appId }, body: { kind, overlapHours }, record }) {
      await requireRecord(appId);
      const secret = await rotateSecret(store.apps, appId, kind, overlapHours * HOUR_MS);
      record({ after: { kind, overlapHours } });
      return { kind, secret };
    },

    async listAppClients({ params: { appId } }) {
      await requireRecord(appId);
      const clients = (await store.apps.versionedClients(appId)).map(toClient);
      return { items: await withClientWarnings(appId, clients) };
    },

    async createAppClient({ params: { appId }, body: { name, settings }, record }) {
      await requireRecord(appId);
      const checked = applied(appClientSettings, {}, settings);
      const id = newAppClientId();
      await store.apps.createClient({ id, appId, name, settings: JSON.stringify(checked) });
      const client = toClient(await requireClient(appId, id));
      record({ after: client });
      const [answer] = await withClientWarnings(appId, [client]);
      return found(answer ?? null, "app client");
    },

    async updateAppClient({ params: { appId, clientId }, body, record }) {
      const { version, name, settings } = body;
      const before = await requireClient(appId, clientId);
      const checked = applied(appClientSettings, JSON.parse(before.settings), settings);
      const change = { name, ...(settings && { settings: JSON.stringify(checked) }) };
      const result = await store.apps.editClient(appId, clientId, version, change);
      if (result === "changed") throw changedMeanwhile();
      const after = toClient(found(result, "app client"));
      record({ before: toClient(before), after });
      const [answer] = await withClientWarnings(appId, [after]);
      return found(answer ?? null, "app client");
    },

    async deleteAppClient({ params: { appId, clientId }, record }) {
      const deleted = await store.apps.deleteClient(appId, clientId);
      record({ before: toClient(found(deleted, "app client")) });
      return undefined;
    },

    async listTestAccounts({ params: { appId } }) {
      await requireRecord(appId);
      const accounts = await listTestAccounts(store.apps, master, appId);
      return { items: accounts.map(({ id, email, code }) => ({ id, email, code })) };
    },

    async enableTestAccount({ params: { appId }, record }) {
      await requireRecord(appId);
      const account = await enableTestAccount(store.apps, master, appId);
      record({ after: { email: account.email } });
      return account;
    },

    async disableTestAccounts({ params: { appId }, record }) {
      await requireRecord(appId);
      record({ before: { accounts: await store.apps.removeTestAccounts(appId) } });
      return undefined;
    },

    async listAllowlist({ params: { appId } }) {
      await requireRecord(appId);
      const entries = await store.apps.allowlist(appId);
      return { items: entries.map(({ id, value }) => ({ id, value })) };
    },

    async addToAllowlist({ params: { appId }, body: { value }, record }) {
      await requireRecord(appId);
      const entry = { id: newCuid(), appId, type: allowlistType(value), value };
      const { id } = await store.apps.addToAllowlist(entry);
      record({ after: { value } });
      return { id, value };
    },

    async removeFromAllowlist({ params: { appId, value }, record }) {
      const removed = await store.apps.removeFromAllowlist(appId, allowlistType(value), value);
      found(removed || null, "entry");
      record({ before: { value } });
      return undefined;
    },
  };
}

/**
 * The settings with a change made to them: null takes the default again, and a name that is no
 * setting is refused, for it would be lost without a word.
 */
function applied<S extends ZodObject>(schema: S, before: Settings, change: Settings = {}) {
  const unknown = Object.keys(change).filter((name) => !Object.hasOwn(schema.shape, name));
  if (unknown.length > 0) {
    throw invalidFields(
      unknown.map((name) => ({
        code: "custom" as const,
        path: ["settings", name],
        message: `is not a setting; these are: ${Object.keys(schema.shape).join(", ")}`,
        input: change[name],
      })),
    );
  }
  const defaults = schema.parse({}) as Settings;
  const given = Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, value ?? defaults[name]]),
  );
  const read = schema.safeParse({ ...before, ...given });
  const written = writtenSettings.safeParse(given);
  if (read.success && written.success) return read.data;
  const issues = [...(read.error?.issues ?? []), ...(written.error?.issues ?? [])];
  throw invalidFields(issues.map((issue) => ({ ...issue, path: ["settings", ...issue.path] })));
}

function toApp({ id, clientId, name, kind, settings, updatedAt, createdAt }: AppRecord): AdminApp {
  return {
    id,
    clientId,
    name,
    kind: wireKind(kind),
    settings: readSettings(settings),
    version: updatedAt,
    createdAt,
  };
}

function toClient({ id, name, settings, version, createdAt }: AppClientRecord & Versioned) {
  return { id, name, settings: appClientSettings.parse(JSON.parse(settings)), version, createdAt };
}

/** Internal apps are in no list and found by nobody. */
const wireKind = (kind: AppRecord["kind"]) => (kind === "development" ? kind : "production");

const allowlistType = (value: string) => (value.includes("@") ? "email" : "email_domain");
