import { appClientSettings } from "@latchkey/core/protocol/app-settings";
import { newAppClientId } from "../apps/ids.ts";
import { describeIssues } from "../http/describe-issues.ts";
import { checkedName, unknownApp } from "./apps.ts";
import { readArguments } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

export async function createClientCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["app id", "name"], {
    origin: { type: "string", multiple: true },
    "session-days": { type: "string" },
  });
  const appId = positionals[0];
  const name = checkedName(positionals[1]);
  const days = values["session-days"];
  const settings = appClientSettings.safeParse({
    allowedOrigins: values.origin ?? [],
    sessionLifetime: days === undefined ? null : Math.round(Number(days) * 86_400),
  });
  if (!settings.success) throw new UsageError(describeIssues(settings.error.issues));
  const id = newAppClientId();
  await withOperator(async ({ store }) => {
    if (!(await store.apps.find(appId))) throw unknownApp(appId);
    await store.apps.createClient({ id, appId, name, settings: JSON.stringify(settings.data) });
  });
  process.stdout.write(
    `\n  Client id  ${id}\n\n  Sent as privy-client-id; SDKs call it clientId.\n\n`,
  );
  return 0;
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
      ["CLIENT ID", "NAME", "ORIGINS", "SESSION"],
      ...clients.map(({ id, name, settings }) => {
        const { allowedOrigins, sessionLifetime } = appClientSettings.parse(JSON.parse(settings));
        return [
          id,
          name,
          allowedOrigins.join(" ") || "(the app's)",
          sessionLifetime === null ? "(the app's)" : `${sessionLifetime / 86_400} days`,
        ];
      }),
    ]),
  );
  return 0;
}
