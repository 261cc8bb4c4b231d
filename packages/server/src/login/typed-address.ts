import { emailAddress } from "@latchkey/core/protocol/browser-requests";
import type { App } from "../apps/app-directory.ts";

export type TypedAddress =
  | { readonly kind: "address"; readonly email: string }
  /** To say beside the field. */
  | { readonly kind: "refused"; readonly error: string };

/** What was typed, normalised, if this app takes it. */
export function readAddress(app: App, typed: string): TypedAddress {
  const refused = (error: string): TypedAddress => ({ kind: "refused", error });
  if (typed.trim() === "") return refused("Type your e-mail address.");
  const parsed = emailAddress.safeParse(typed);
  if (!parsed.success) {
    return refused("That is not an e-mail address. It looks like ada@example.com.");
  }
  const email = parsed.data;
  if (app.settings.disablePlusEmails && email.split("@", 1)[0]?.includes("+")) {
    return refused(`${app.name} takes no addresses with a plus sign. Use the address without it.`);
  }
  return { kind: "address", email };
}
