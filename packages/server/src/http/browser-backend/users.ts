import { LatchkeyError } from "@latchkey/core/errors";
import {
  createUser,
  createUsers,
  findByCustomId,
  findByEmail,
  searchUsers,
  setCustomMetadata,
  unlinkAccount,
} from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import { removePasskey } from "../../passkeys/manage-passkeys.ts";
import type { Services } from "../../services.ts";
import type { AccountKey, User, UserPlace } from "../../storage/store.ts";
import { addressNotice } from "../../users/address-notice.ts";
import { importUsers, type NewUserInput } from "../../users/import-users.ts";
import { accountName, shownSubject } from "../../users/provider-user.ts";
import { wayInNotice } from "../../users/way-in-notice.ts";
import { parseUserId, toWireUser, wireUserId } from "../../users/wire-user.ts";
import { accountAnswer } from "../browser/account-answer.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { invalidData } from "../parse-json.ts";
import { MAX_IMPORT_BYTES, readJson } from "../read-body.ts";

const PAGE = 100;

/** The users of an app, for its own server. */
export function userRoutes({ store, outbox, providers }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { users } = store;

  routes.get("/users", async (context) => {
    const limit = pageLimit(context.req.query("limit"));
    const after = readCursor(context.req.query("cursor"));
    const found = await users.list(context.var.caller.app.id, { after, limit: limit + 1 });
    return context.json(pageOf(found, limit));
  });

  routes.post("/users", async (context) => {
    const input = await readJson(context, createUser, MAX_IMPORT_BYTES);
    const [user] = await importUsers(users, context.var.caller.app.id, [toNewUser(input)]);
    if (!user) throw notFound();
    return context.json(toWireUser(user));
  });

  routes.post("/users/import", async (context) => {
    const input = await readJson(context, createUsers, MAX_IMPORT_BYTES);
    const { app } = context.var.caller;
    const created = await importUsers(users, app.id, input.users.map(toNewUser));
    return context.json({ users: created.map(toWireUser) });
  });

  routes.post("/users/search", async (context) => {
    const input = await readJson(context, searchUsers);
    const limit = input.limit ?? PAGE;
    const after = readCursor(input.cursor);
    const found = await users.search(context.var.caller.app.id, {
      term: input.searchTerm ?? input.search_term ?? null,
      emails: (input.emails ?? []).map((email) => email.trim().toLowerCase()),
      after,
      limit: limit + 1,
    });
    return context.json(pageOf(found, limit));
  });

  routes.post("/users/email/address", async (context) => {
    const { address } = await readJson(context, findByEmail);
    return byAccount(context, { type: "email", subject: address });
  });

  routes.post("/users/custom_auth/id", async (context) => {
    const { custom_user_id } = await readJson(context, findByCustomId);
    return byAccount(context, { type: "custom_auth", subject: custom_user_id });
  });

  routes.get("/users/:id", async (context) => context.json(toWireUser(await named(context))));

  routes.delete("/users/:id", async (context) => {
    const id = parseUserId(context.req.param("id"));
    const gone = id !== null && (await users.delete(context.var.caller.app.id, id));
    if (!gone) throw notFound();
    return context.body(null, 204);
  });

  routes.post("/users/:id/custom_metadata", async (context) => {
    const { custom_metadata } = await readJson(context, setCustomMetadata);
    const id = parseUserId(context.req.param("id"));
    const user =
      id && (await users.setCustomMetadata(context.var.caller.app.id, id, custom_metadata));
    if (!user) throw notFound();
    return context.json(toWireUser(user));
  });

  routes.post("/users/:id/accounts/unlink", async (context) => {
    const { type, handle } = await readJson(context, unlinkAccount);
    const { app } = context.var.caller;
    const user = await named(context);
    const shown = type === "email" ? handle.trim().toLowerCase() : handle;
    const own = user.accounts.find((each) => each.type === type && shownSubject(each) === shown);
    const subject = own?.subject ?? shown;
    const notice =
      type === "email"
        ? await addressNotice(store, app, user, { address: subject, replaced: false })
        : null;
    const result =
      type === "passkey"
        ? await removePasskey({ store, outbox }, app, { user, sid: null }, subject)
        : await users.unlink(app.id, user.id, { type, subject });
    const left = accountAnswer(result);
    if (notice) outbox.post(notice);
    if (own?.data.issuer !== undefined) {
      const name = accountName(await providers.ofApp(app.id), type);
      const told = await wayInNotice(store, app, left, { name, change: "removed" });
      if (told) outbox.post(told);
    }
    return context.json(toWireUser(left));
  });

  async function byAccount(context: RequestContext, account: AccountKey) {
    const user = await users.findByAccount(context.var.caller.app.id, account);
    if (!user) throw notFound();
    return context.json(toWireUser(user));
  }

  async function named(context: RequestContext): Promise<User> {
    const id = parseUserId(context.req.param("id") ?? "");
    const user = id && (await users.find(context.var.caller.app.id, id));
    if (!user) throw notFound();
    return user;
  }

  return routes;
}

function toNewUser(input: {
  linked_accounts: readonly (
    | { type: "email"; address: string }
    | { type: "custom_auth"; custom_user_id: string }
  )[];
  custom_metadata?: object | null | undefined;
}): NewUserInput {
  return {
    accounts: input.linked_accounts.map((account) => ({
      type: account.type,
      subject: account.type === "email" ? account.address : account.custom_user_id,
    })),
    customMetadata: input.custom_metadata ?? null,
  };
}

function pageLimit(text: string | undefined): number {
  if (text === undefined || text === "") return PAGE;
  const limit = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= PAGE) return limit;
  throw invalidData(`limit must be a whole number from 1 to ${PAGE}.`);
}

/** One user more than asked for tells that there is a next page. */
function pageOf(found: readonly User[], limit: number) {
  const data = found.slice(0, limit);
  const last = data.at(-1);
  return {
    data: data.map(toWireUser),
    next_cursor: found.length > limit && last ? `${last.createdAt}.${wireUserId(last.id)}` : null,
  };
}

function readCursor(cursor: string | null | undefined): UserPlace | null {
  if (!cursor) return null;
  const [, createdAt, wireId = ""] = /^([0-9]{1,15})\.(.+)$/.exec(cursor) ?? [];
  const id = parseUserId(wireId);
  if (id === null) {
    throw invalidData("cursor must be the next_cursor of the page before, unchanged.");
  }
  return { createdAt: Number(createdAt), id };
}

function notFound(): LatchkeyError {
  return new LatchkeyError("user_not_found", 404, "This app has no such user.");
}
