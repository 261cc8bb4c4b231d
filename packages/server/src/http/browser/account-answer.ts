import { LatchkeyError } from "@latchkey/core/errors";
import { wrongCode } from "../../sessions/sign-in.ts";
import { terminalError } from "../../sessions/terminal.ts";
import type { User } from "../../storage/store.ts";
import { soleAccount } from "../../users/unlink-provider.ts";

type AccountResult =
  | { kind: "linked" | "unlinked"; user: User }
  | {
      kind:
        | "code_spent"
        | "linked_to_another_user"
        | "cannot_link_more_of_type"
        | "not_linked"
        | "sole_account"
        | "no_such_user";
    };

/** The user after an account changed, or the protocol's error. */
export function accountAnswer(result: AccountResult): User {
  switch (result.kind) {
    case "linked":
    case "unlinked":
      return result.user;
    case "code_spent":
      throw wrongCode();
    case "linked_to_another_user":
      throw new LatchkeyError(
        "linked_to_another_user",
        422,
        "Another user of this app has this account. Unlink it there first.",
      );
    case "cannot_link_more_of_type":
      throw new LatchkeyError(
        "cannot_link_more_of_type",
        422,
        "The user has an account of this type already. Update it, or unlink it first.",
      );
    case "not_linked":
      throw new LatchkeyError("invalid_data", 400, "The user has no such account.");
    case "sole_account":
      throw soleAccount();
    case "no_such_user":
      throw terminalError("user_deleted");
  }
}
