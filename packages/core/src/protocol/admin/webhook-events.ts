/** What an app's servers can be told, by type; what each body holds is in the webhook guide. */
export const WEBHOOK_EVENTS = {
  "user.created": "A user began: signed up, was imported, or was made by the app's server.",
  "user.authenticated": "A user signed in, by the account that it names.",
  "user.linked_account": "A user added an account, such as an address.",
  "user.unlinked_account": "A user lost an account.",
  "user.updated_account": "An account of a user changed, or was proven at last.",
  "user.transferred_account": "An account went from one user to another, who was merged into them.",
  "user.disabled": "A user may not sign in any more.",
  "user.enabled": "A disabled user may sign in again.",
  "user.deleted": "A user is gone, shown as they were.",
  "session.created": "A session began.",
  "session.ended": "A session was signed out, or a newer one took its place.",
  "session.revoked": "Somebody else ended a session, or a change of the account did.",
  "session.reuse_detected": "An old refresh token was used again: a session was ended as copied.",
  "organization.created": "An organization was made.",
  "organization.updated": "An organization changed.",
  "organization.deleted": "An organization is gone, with its memberships.",
  "organization_membership.created": "A user joined an organization.",
  "organization_membership.updated": "A member's roles or status changed.",
  "organization_membership.deleted": "A user was taken out of an organization.",
  "invitation.created": "Somebody was invited.",
  "invitation.accepted": "An invitation was accepted.",
  "invitation.revoked": "An invitation was taken back.",
  "domain.updated": "The app's own domain came into another state.",
} as const;

export type WebhookEventName = keyof typeof WEBHOOK_EVENTS;
