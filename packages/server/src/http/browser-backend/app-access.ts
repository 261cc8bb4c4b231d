import { LatchkeyError } from "@latchkey/core/errors";
import type { AllowlistEntry, TestAccount } from "@latchkey/core/protocol/browser";
import { allowlistInput } from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import { newCuid } from "../../apps/ids.ts";
import { listTestAccounts } from "../../apps/test-accounts.ts";
import type { Services } from "../../services.ts";
import type { AllowlistRecord } from "../../storage/store.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";

/** Who may use the app: its allowlist and its test accounts, for its own server. */
export function appAccessRoutes({ store, master }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.get("/apps/:id/allowlist", async (context) => {
    const appId = ownApp(context);
    const entries = await store.apps.allowlist(appId);
    return context.json(entries.map((entry) => toEntry(appId, entry)));
  });

  routes.post("/apps/:id/allowlist", async (context) => {
    const appId = ownApp(context);
    const { type, value } = toRow(await readJson(context, allowlistInput));
    const entry = await store.apps.addToAllowlist({ id: newCuid(), appId, type, value });
    return context.json(toEntry(appId, entry));
  });

  routes.delete("/apps/:id/allowlist", async (context) => {
    const appId = ownApp(context);
    const { type, value } = toRow(await readJson(context, allowlistInput));
    const removed = await store.apps.removeFromAllowlist(appId, type, value);
    if (!removed) {
      throw new LatchkeyError("not_found", 404, "The allowlist has no such entry.");
    }
    return context.json({ message: "The entry was removed from the allowlist." });
  });

  for (const path of ["/apps/:id/test_credentials", "/apps/:id/test_accounts"]) {
    routes.get(path, async (context) => {
      const accounts = await listTestAccounts(store.apps, master, ownApp(context));
      const data: TestAccount[] = accounts.map((account) => ({
        id: account.id,
        email: account.email,
        phone_number: "",
        otp_code: account.code,
        created_at: new Date(account.createdAt).toISOString(),
        updated_at: new Date(account.updatedAt).toISOString(),
      }));
      return context.json({ data });
    });
  }

  return routes;
}

function ownApp(context: RequestContext): string {
  const { id } = context.var.caller.app;
  if (context.req.param("id") === id) return id;
  throw new LatchkeyError(
    "missing_or_invalid_privy_app_id",
    403,
    "The path names another app than the credentials.",
  );
}

/** The wire has two spellings of the domain type; the store has one. */
function toRow(input: { type: string; value: string }) {
  return { type: input.type === "email" ? "email" : "email_domain", value: input.value };
}

function toEntry(appId: string, { id, type, value }: AllowlistRecord): AllowlistEntry {
  return { id, acceptedAt: null, appId, type: type === "email" ? type : "emailDomain", value };
}
