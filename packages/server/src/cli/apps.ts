import {
  type AppSettings,
  appSettings,
  readSettings,
  writtenSettings,
} from "@latchkey/core/protocol/app-settings";
import { rememberCookiePrefix } from "../apps/cookie-prefix.ts";
import { createApp, rotateSecret } from "../apps/create-app.ts";
import { enableTestAccount } from "../apps/test-accounts.ts";
import { appWarnings } from "../cookies/setting-warnings.ts";
import { describeIssues } from "../http/describe-issues.ts";
import { readArguments, refuseArguments } from "./arguments.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";
import { warn } from "./warn.ts";

const origins = { type: "string", multiple: true } as const;

export async function createAppCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["name"], {
    development: { type: "boolean" },
    origin: origins,
    set: origins,
  });
  const name = checkedName(positionals[0]);
  const settings = checked({ allowedOrigins: values.origin ?? [] }, assignments(values.set));
  warn(appWarnings(settings, null));
  const created = await withOperator(({ store }) =>
    createApp(store.apps, {
      name,
      kind: values.development ? "development" : "production",
      settings,
    }),
  );
  process.stdout.write(`
  App id      ${created.app.id}
  App secret  ${created.appSecret}
  Client id   ${created.app.clientId}
  API key     ${created.apiKey}

  The secret and the API key are shown this once; keep them where your app's server reads them.
${settings.allowedOrigins.length === 0 ? `\n  No web page may use this app yet: latchkey apps update ${created.app.id} --add-origin https://app.example.com\n` : ""}
`);
  return 0;
}

export async function listAppsCommand(args: string[]): Promise<number> {
  refuseArguments(args);
  const apps = await withOperator(({ store }) => store.apps.list());
  if (apps.length === 0) {
    process.stdout.write('No apps yet. Make one: latchkey apps create "My app"\n');
    return 0;
  }
  process.stdout.write(
    table([
      ["APP ID", "NAME", "KIND", "ORIGINS"],
      ...apps.map((app) => [
        app.id,
        app.name,
        app.kind,
        readSettings(app.settings).allowedOrigins.join(" ") || "(none)",
      ]),
    ]),
  );
  return 0;
}

export async function updateAppCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["id"], {
    "add-origin": origins,
    "remove-origin": origins,
    set: origins,
  });
  const [id] = positionals;
  return withOperator(async ({ store, domains }) => {
    const app = await store.apps.find(id);
    if (!app) throw unknownApp(id);
    const before = readSettings(app.settings);
    const removed = new Set(values["remove-origin"]);
    for (const origin of removed) {
      if (!before.allowedOrigins.includes(origin)) {
        throw new NotFoundError(`${origin} is not among the allowed origins of this app.`);
      }
    }
    const allowedOrigins = [
      ...new Set([...before.allowedOrigins, ...(values["add-origin"] ?? [])]),
    ].filter((origin) => !removed.has(origin));
    const changed = checked({ ...before, allowedOrigins }, assignments(values.set));
    const settings = rememberCookiePrefix(before, changed);
    const asked = values["add-origin"] ?? values["remove-origin"] ?? values.set;
    if (asked) await store.apps.updateSettings(id, JSON.stringify(settings));
    warn(appWarnings(settings, await domains.activeDomainOf(id)));
    process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
    return 0;
  });
}

export async function rotateSecretCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["id"], {
    "api-key": { type: "boolean" },
    "overlap-hours": { type: "string", default: "24" },
  });
  const [id] = positionals;
  const hours = Number(values["overlap-hours"]);
  if (!(hours >= 0 && hours <= 24 * 90)) {
    throw new UsageError("--overlap-hours takes a number from 0 to 2160.");
  }
  const kind = values["api-key"] ? "api_key" : "app_secret";
  const secret = await withOperator(async ({ store }) => {
    if (!(await store.apps.find(id))) throw unknownApp(id);
    return rotateSecret(store.apps, id, kind, hours * 3_600_000);
  });
  process.stdout.write(`
  ${kind === "api_key" ? "API key   " : "App secret"}  ${secret}

  Shown this once. The one before is good for ${hours} hours more.

`);
  return 0;
}

export async function testAccountCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["id"], { off: { type: "boolean" } });
  const [id] = positionals;
  return withOperator(async ({ store, master }) => {
    if (!(await store.apps.find(id))) throw unknownApp(id);
    if (values.off) {
      await store.apps.removeTestAccounts(id);
      process.stdout.write("Test accounts are off for this app.\n");
      return 0;
    }
    const { email, code } = await enableTestAccount(store.apps, master, id);
    process.stdout.write(`\n  E-mail  ${email}\n  Code    ${code}\n\n`);
    return 0;
  });
}

/** Shown in mails and on pages. */
export function checkedName(name: string): string {
  if (name.trim() === name && /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,100}$/u.test(name)) return name;
  throw new UsageError("A name has 1 to 100 characters, none of them line breaks.");
}

export const unknownApp = (id: string) =>
  new NotFoundError(`No app has the id ${id}. latchkey apps list shows them.`);

/** `guestAuth=true`, `customJwt={…}`: JSON, else plain text; null takes the default again. */
function assignments(sets: readonly string[] = []): Record<string, unknown> {
  const defaults: Record<string, unknown> = appSettings.parse({});
  return Object.fromEntries(
    sets.map((text) => {
      const at = text.indexOf("=");
      const name = text.slice(0, at);
      if (at < 1 || !Object.hasOwn(appSettings.shape, name)) {
        throw new UsageError(
          `--set ${text}: write setting=value with one of ${Object.keys(appSettings.shape).join(", ")}.`,
        );
      }
      const value = readValue(text.slice(at + 1));
      return [name, value ?? defaults[name]];
    }),
  );
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `changes` are held to more than what the app has already, which an older version took. */
function checked(settings: object, changes: Record<string, unknown>): AppSettings {
  const read = appSettings.safeParse({ ...settings, ...changes });
  const written = writtenSettings.safeParse(changes);
  if (read.success && written.success) return read.data;
  const issues = [read, written].flatMap(({ error }) => error?.issues ?? []);
  throw new UsageError(describeIssues(issues));
}
