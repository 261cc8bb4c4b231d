/** A session's trail in plain words: what happened, and by which rule. */
const WORDS: Readonly<Record<string, string>> = {
  signed_in: "Signed in.",
  moved: "Refreshed: a new refresh token took the place of the one before.",
  late_replay:
    "The refresh token before the current one came back after its window. Forgiven once: an answer was probably lost.",
  regressed:
    "A refresh token newer than the database's record came: the database went back in time. The session was kept.",
  reuse:
    "A refresh token that had been replaced was used again. Somebody else may hold a copy, so the session was ended.",
  logout: "Signed out by the user.",
  revoked:
    "Ended by an administrator, the app's server, or a change of the user's sign-in methods.",
  user_disabled: "Ended because the user was disabled.",
  user_deleted: "Ended because the user was deleted.",
  replaced: "Ended because a new sign-in took its place.",
  account_linked: "A way of signing in was linked.",
  account_updated: "A way of signing in was changed.",
  account_unlinked: "A way of signing in was removed.",
  impersonation_allowed: "An administrator was allowed to act in the user's place.",
  impersonation_began: "An administrator acts in the user's place.",
};

export function eventWords(type: string): string {
  return WORDS[type] ?? type.replaceAll("_", " ");
}
