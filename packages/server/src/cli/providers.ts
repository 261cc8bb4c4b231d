import type { BodyOf, Operations } from "@latchkey/core/protocol/admin";
import { operations } from "@latchkey/core/protocol/admin";
import type { App } from "../apps/app-directory.ts";
import { describeIssues } from "../http/describe-issues.ts";
import { addProvider } from "../providers/configure-provider.ts";
import { redirectUris } from "../providers/redirect-uris.ts";
import { testProvider } from "../providers/test-provider.ts";
import type { Services } from "../services.ts";
import { unknownApp } from "./apps.ts";
import { readArguments } from "./arguments.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";
import { readSecret } from "./read-secret.ts";

const one = { type: "string" } as const;
const many = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

/** Where a secret is taken from when it does not come on standard input. */
const SECRET_VARIABLE = "LATCHKEY_PROVIDER_SECRET";

export async function addProviderCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["app id", "preset"], {
    "client-id": one,
    issuer: one,
    slug: one,
    name: one,
    option: many,
    scope: many,
    organization: one,
    domain: many,
    "join-role": one,
    public: flag,
    "merge-by-email": flag,
    "return-tokens": flag,
    off: flag,
  });
  const [appId, preset] = positionals;
  const input = checked({
    preset,
    clientId: values["client-id"],
    issuer: values.issuer,
    slug: values.slug,
    name: values.name,
    options: assignments(values.option),
    scopes: values.scope,
    organizationId: values.organization,
    domains: values.domain,
    joinRole: values["join-role"],
    clientSecret: values.public ? undefined : await readSecret(SECRET_VARIABLE),
    mergeByEmail: values["merge-by-email"],
    returnTokens: values["return-tokens"],
    enabled: !values.off,
  });
  return withOperator(async (services) => {
    const app = await requireApp(services, appId);
    const provider = await addProvider(services, app, input);
    const { id, slug } = provider;
    const uris = await redirectUris(services, app, provider);
    process.stdout.write(`
  Provider  ${id}  (${slug})

  Register this redirect URI with the provider, exactly as it is written:
${uris.map((uri) => `    ${uri}`).join("\n")}

  Then try it: latchkey providers test ${appId} ${id}

`);
    return 0;
  });
}

export async function listProvidersCommand(args: string[]): Promise<number> {
  const [appId] = readArguments(args, ["app id"], {}).positionals;
  const providers = await withOperator(async (services) => {
    await requireApp(services, appId);
    return services.store.providers.list(appId);
  });
  process.stdout.write(
    providers.length === 0
      ? `This app has no sign-in providers. Add one: latchkey providers add ${appId} google --client-id <id>\n`
      : table([
          ["PROVIDER", "NAME", "KIND", "STATE", "ORGANIZATION", "DOMAINS"],
          ...providers.map(({ id, name, slug, enabled, organizationId, domains }) => [
            id,
            name,
            slug,
            enabled ? "on" : "off",
            organizationId ?? "(everybody)",
            domains.join(" ") || "(none)",
          ]),
        ]),
  );
  return 0;
}

/** 1 while something is wrong, so that a script can wait for it. */
export async function testProviderCommand(args: string[]): Promise<number> {
  const [appId, id] = readArguments(args, ["app id", "provider id"], {}).positionals;
  return withOperator(async (services) => {
    const app = await requireApp(services, appId);
    const provider = await services.store.providers.find(appId, id);
    if (!provider) throw unknownProvider(appId, id);
    const [redirectUri = ""] = await redirectUris(services, app, provider);
    const { works, findings } = await testProvider(services, provider, redirectUri);
    for (const { result, text } of findings) process.stdout.write(`${MARKS[result]}  ${text}\n`);
    return works ? 0 : 1;
  });
}

const MARKS = {
  good: "ok     ",
  warning: "warning",
  wrong: "WRONG  ",
  unknown: "unknown",
} as const;

export async function removeProviderCommand(args: string[]): Promise<number> {
  const [appId, id] = readArguments(args, ["app id", "provider id"], {}).positionals;
  const removed = await withOperator(async (services) => {
    await requireApp(services, appId);
    return services.store.providers.delete(appId, id);
  });
  if (!removed) throw unknownProvider(appId, id);
  process.stdout.write(
    `${removed.name} is removed. Its users stay; who has no other way in cannot sign in any more.\n`,
  );
  return 0;
}

async function requireApp({ directory }: Services, appId: string): Promise<App> {
  const app = await directory.find(appId);
  if (!app) throw unknownApp(appId);
  return app;
}

const unknownProvider = (appId: string, id: string) =>
  new NotFoundError(`The app has no provider ${id}. latchkey providers list ${appId} shows them.`);

type Input = BodyOf<Operations["createProvider"]>;

/** By the management API's own schema, so that both take the same. */
function checked(input: { readonly [Key in keyof Input]: unknown }): Input {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const read = operations.createProvider.body.safeParse(Object.fromEntries(given));
  if (read.success) return read.data;
  if (input.clientId === undefined) throw new UsageError("--client-id is missing.");
  throw new UsageError(describeIssues(read.error.issues));
}

function assignments(given: readonly string[] | undefined): Record<string, string> | undefined {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new UsageError(`--option "${text}" is not written <name>=<value>.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
