import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../../apps/app-directory.ts";
import type { RequestContext } from "../../http/context.ts";
import type { Services } from "../../services.ts";
import { refusedSignIn } from "../../sessions/sign-in.ts";
import type { User } from "../../storage/store.ts";
import { emailAccount } from "../../users/app-server-user.ts";
import type { KnownSoFar } from "../answer-with-pages.ts";
import { wayToApp } from "../app-home.ts";
import { hostLogin } from "../host-login.ts";
import { beginLogin } from "../open-login.ts";
import { currentSignIn } from "../shared-sign-in.ts";
import { signedInHere } from "../silent-sign-in.ts";
import { type FreshSignIn, openFreshSignIn } from "./fresh-sign-in.ts";

/** Somebody at their account page. */
export interface OpenAccount {
  readonly app: App;
  readonly user: User;
  /** Null where they signed in some time ago: they may look, and change nothing. */
  readonly fresh: (FreshSignIn & { readonly sealed: string }) | null;
}

/** The same, by somebody who has just signed in, and may change it. */
export interface FreshAccount extends OpenAccount {
  readonly fresh: NonNullable<OpenAccount["fresh"]>;
  /** Bounds what one network does. */
  readonly limits: { mail(): Promise<unknown>; guess(): Promise<unknown> };
}

/** Throws `client_id_missing` or `unknown_client`. */
export async function findAccountApp(
  { directory }: Services,
  clientId: string | undefined,
  known: KnownSoFar,
): Promise<App> {
  if (!clientId) {
    throw new LatchkeyError(
      "client_id_missing",
      400,
      "The address of the account page names no app. Open it from the app, or add client_id.",
    );
  }
  const app = (await directory.findByClientId(clientId)) ?? (await directory.find(clientId));
  if (!app) throw new LatchkeyError("unknown_client", 404, "No app has this client_id.");
  known.app = app;
  known.goBack = wayToApp(app)[0] ?? null;
  return app;
}

/** Null when nobody is signed in. Throws `user_disabled`, and what openFreshSignIn throws. */
export async function openAccount(
  services: Services,
  context: RequestContext,
  app: App,
  sealed: string | undefined,
): Promise<OpenAccount | null> {
  const signIn = sealed ? await openFreshSignIn(services, context, app.id, sealed) : null;
  const userId = signIn?.userId ?? (await whoIsHere(services, context, app));
  const user = userId === null ? null : await services.store.users.find(app.id, userId);
  if (!user) return null;
  if (user.disabledAt !== null) throw refusedSignIn("user_disabled");
  return { app, user, fresh: signIn && { ...signIn, sealed: sealed ?? "" } };
}

/** The address of a sign-in that leads to the account page, whoever is signed in already. */
export function signInFreshly(
  services: Services,
  context: RequestContext,
  app: App,
  user: User | null,
): Promise<string> {
  const loginHint = (user && emailAccount(user)?.subject) ?? null;
  const login = hostLogin(app, services.settings.publicUrl(), { loginHint, prompt: ["login"] });
  return beginLogin(services, context, login, { kind: "account" });
}

/** By a sign-in of this very app: nobody becomes a user of it by looking. */
async function whoIsHere(
  services: Services,
  context: RequestContext,
  app: App,
): Promise<string | null> {
  if ((await currentSignIn(services, context))?.appId !== app.id) return null;
  const login = hostLogin(app, services.settings.publicUrl());
  return (await signedInHere(services, context, app, login))?.userId ?? null;
}
