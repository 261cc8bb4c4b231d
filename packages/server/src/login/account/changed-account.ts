import { LatchkeyError } from "@latchkey/core/errors";
import type { UserStore } from "../../storage/store.ts";

export type AccountResult =
  | Awaited<ReturnType<UserStore["link"]>>
  | Awaited<ReturnType<UserStore["unlink"]>>
  | Awaited<ReturnType<UserStore["replaceAccount"]>>;

/** Throws what kept the change from being made, in words for the person who asked for it. */
export function changedAccount(result: AccountResult): void {
  switch (result.kind) {
    case "linked":
    case "unlinked":
      return;
    case "sole_account":
      throw new LatchkeyError(
        "cannot_unlink_sole_account",
        422,
        "This is your only way in. Add another one first.",
      );
    case "linked_to_another_user":
      throw new LatchkeyError(
        "linked_to_another_user",
        422,
        "Somebody else's account here has this way in already. If that is you as well, remove it there first.",
      );
    case "cannot_link_more_of_type":
      throw new LatchkeyError(
        "cannot_link_more_of_type",
        422,
        "You have one of this kind already. Remove it first.",
      );
    case "code_spent":
      throw new LatchkeyError(
        "oauth_state_mismatch",
        400,
        "That was used already, or took too long. Begin again.",
      );
    case "not_linked":
      throw new LatchkeyError("invalid_data", 400, "Your account has it no more.");
    case "no_such_user":
      throw new LatchkeyError("user_does_not_exist", 404, "This account was deleted.");
  }
}
