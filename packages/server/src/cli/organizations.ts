import { slug } from "@latchkey/core/protocol/app-settings";
import type { OrganizationChange } from "../storage/store.ts";
import { unknownApp } from "./apps.ts";
import { readArguments } from "./arguments.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

const LISTED = 100;

export async function listOrganizationsCommand(args: string[]): Promise<number> {
  const [appId] = readArguments(args, ["app id"], {}).positionals;
  const rows = await withOperator(async ({ store }) => {
    if (!(await store.apps.find(appId))) throw unknownApp(appId);
    const all: string[][] = [];
    for (let after: string | null = null; ; ) {
      const page = { before: null, after, limit: LISTED, order: "asc" } as const;
      const { items, hasAfter } = await store.organizations.page(appId, page);
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
  const { name, entitlements, featureFlags } = await withOperator(async ({ store }) => {
    if (!(await store.apps.find(appId))) throw unknownApp(appId);
    const result = await store.organizations.update(appId, id, change);
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
  for (const each of all) {
    const [issue] = slug.safeParse(each).error?.issues ?? [];
    if (issue) throw new UsageError(`${option}: "${each}" ${issue.message}, with commas between.`);
  }
  return [...new Set(all)];
}
