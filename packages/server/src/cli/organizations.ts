import type { App } from "../apps/app-directory.ts";
import type { OrganizationChange } from "../storage/app-server-store.ts";
import { readArguments } from "./arguments.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

const SLUG = /^[a-z0-9][a-z0-9_:.-]{0,63}$/;
const LISTED = 100;

export async function listOrganizationsCommand(args: string[]): Promise<number> {
  const [appId] = readArguments(args, ["app id"], {}).positionals;
  const rows = await withOperator(async ({ directory, store }) => {
    const app = requireApp(await directory.find(appId), appId);
    const all: string[][] = [];
    for (let after: string | null = null; ; ) {
      const page = { before: null, after, limit: LISTED, order: "asc" } as const;
      const { items, hasAfter } = await store.organizations.page(app.id, page);
      all.push(
        ...items.map(({ id, name, entitlements, featureFlags }) => [
          id,
          name,
          entitlements.join(" ") || "(none)",
          featureFlags.join(" ") || "(none)",
        ]),
      );
      after = items.at(-1)?.id ?? null;
      if (!hasAfter) return all;
    }
  });
  process.stdout.write(
    rows.length === 0
      ? "This app has no organizations; its server makes them (POST /organizations).\n"
      : table([["ORGANIZATION", "NAME", "ENTITLEMENTS", "FEATURE FLAGS"], ...rows]),
  );
  return 0;
}

/** What the protocol has no call for: the vendor sells entitlements and sets flags elsewhere. */
export async function updateOrganizationCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["app id", "organization id"], {
    entitlements: { type: "string" },
    "feature-flags": { type: "string" },
  });
  const [appId, id] = positionals;
  const change: OrganizationChange = {
    entitlements: slugs("--entitlements", values.entitlements),
    featureFlags: slugs("--feature-flags", values["feature-flags"]),
  };
  const { name, entitlements, featureFlags } = await withOperator(async ({ directory, store }) => {
    const app = requireApp(await directory.find(appId), appId);
    const result = await store.organizations.update(app.id, id, change);
    if (result.kind === "updated") return result.organization;
    throw new NotFoundError(`This app has no organization ${id}.`);
  });
  process.stdout.write(`${JSON.stringify({ name, entitlements, featureFlags }, null, 2)}\n`);
  return 0;
}

/** `a,b` is a list, an empty text an empty one, nothing no change. */
function slugs(option: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const named = text.split(",").map((each) => each.trim());
  const all = named.filter((each) => each !== "");
  const wrong = all.find((each) => !SLUG.test(each));
  if (wrong === undefined) return [...new Set(all)];
  throw new UsageError(
    `${option}: "${wrong}" must be lower-case letters, digits, and _ : . -, with commas between.`,
  );
}

function requireApp(app: App | null, id: string): App {
  if (app) return app;
  throw new NotFoundError(`No app has the id ${id}. latchkey apps list shows them.`);
}
