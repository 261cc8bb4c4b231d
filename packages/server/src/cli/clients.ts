import { appClientSettings, readSettings } from "@latchkey/core/protocol/app-settings";
import { newAppClientId } from "../apps/ids.ts";
import { clientWarnings } from "../cookies/setting-warnings.ts";
import { describeIssues } from "../http/describe-issues.ts";
import { checkedName, unknownApp } from "./apps.ts";
import { readArguments } from "./arguments.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";
import { warn } from "./warn.ts";

const many = { type: "string", multiple: true } as const;
const one = { type: "string" } as const;

export async function createClientCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["app id", "name"], {
    origin: many,
    "session-days": one,
    cookies: one,
    "native-id": many,
  });
  const [appId] = positionals;
  const name = checkedName(positionals[1]);
  const settings = checked({
    allowedOrigins: values.origin ?? [],
    sessionLifetime: lifetime(values["session-days"]) ?? null,
    cookies: values.cookies,
    nativeAppIds: values["native-id"] ?? [],
  });
  const id = newAppClientId();
  await withOperator(async ({ store, domains }) => {
    const app = await store.apps.find(appId);
    if (!app) throw unknownApp(appId);
    await store.apps.createClient({ id, appId, name, settings: JSON.stringify(settings) });
    const active = await domains.activeDomainOf(appId);
    warn(clientWarnings(readSettings(app.settings), settings, active));
  });
  process.stdout.write(
    `\n  Client id  ${id}\n\n  Sent as privy-client-id; SDKs call it clientId.\n\n`,
  );
  return 0;
}

/** Without options it shows the client's settings. */
export async function updateClientCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["app id", "client id"], {
    "add-origin": many,
    "remove-origin": many,
    "session-days": one,
    cookies: one,
    "add-native-id": many,
    "remove-native-id": many,
  });
  const [appId, id] = positionals;
  return withOperator(async ({ store, domains }) => {
    const app = await store.apps.find(appId);
    if (!app) throw unknownApp(appId);
    const clients = await store.apps.versionedClients(appId);
    const client = clients.find((each) => each.id === id);
    if (!client) {
      throw new NotFoundError(
        `The app has no client ${id}. latchkey clients list ${appId} shows them.`,
      );
    }
    const before = appClientSettings.parse(JSON.parse(client.settings));
    const days = lifetime(values["session-days"]);
    const settings = checked({
      allowedOrigins: changed(before.allowedOrigins, values["add-origin"], values["remove-origin"]),
      sessionLifetime: days === undefined ? before.sessionLifetime : days,
      cookies: values.cookies ?? before.cookies,
      nativeAppIds: changed(
        before.nativeAppIds,
        values["add-native-id"],
        values["remove-native-id"],
      ),
    });
    if (Object.keys(values).length > 0) {
      const change = { settings: JSON.stringify(settings) };
      const result = await store.apps.editClient(appId, id, client.version, change);
      if (result === "changed" || result === null) {
        throw new UsageError("Somebody else changed this client meanwhile. Look at it and repeat.");
      }
    }
    const active = await domains.activeDomainOf(appId);
    warn(clientWarnings(readSettings(app.settings), settings, active));
    process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
    return 0;
  });
}

export async function listClientsCommand(args: string[]): Promise<number> {
  const [appId] = readArguments(args, ["app id"], {}).positionals;
  const clients = await withOperator(async ({ store }) => {
    if (!(await store.apps.find(appId))) throw unknownApp(appId);
    return store.apps.clients(appId);
  });
  if (clients.length === 0) {
    process.stdout.write("This app has no clients; it works without.\n");
    return 0;
  }
  process.stdout.write(
    table([
      ["CLIENT ID", "NAME", "ORIGINS", "SESSION", "COOKIES"],
      ...clients.map(({ id, name, settings }) => {
        const read = appClientSettings.parse(JSON.parse(settings));
        return [
          id,
          name,
          read.allowedOrigins.join(" ") || "(the app's)",
          read.sessionLifetime === null ? "(the app's)" : `${read.sessionLifetime / 86_400} days`,
          read.cookies === "inherit" ? "(as the app)" : read.cookies,
        ];
      }),
    ]),
  );
  return 0;
}

function checked(settings: object) {
  const read = appClientSettings.safeParse(settings);
  if (read.success) return read.data;
  throw new UsageError(describeIssues(read.error.issues));
}

/** Seconds; `app` gives it back to the app's. */
function lifetime(days: string | undefined): number | null | undefined {
  if (days === undefined) return undefined;
  return days === "app" ? null : Math.round(Number(days) * 86_400);
}

function changed(
  before: readonly string[],
  added: readonly string[] = [],
  removed: readonly string[] = [],
): string[] {
  const missing = removed.find((each) => !before.includes(each));
  if (missing !== undefined)
    throw new NotFoundError(`${missing} is not among those of this client.`);
  return [...new Set([...before, ...added])].filter((each) => !removed.includes(each));
}
