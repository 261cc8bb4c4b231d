/** Plain words for the errors that a person can meet on the way through a sign-in. */

export interface ErrorWords {
  readonly title: string;
  /** Null to say what the error itself says. */
  readonly text: string | null;
}

const WORDS: Readonly<Record<string, ErrorWords>> = {
  client_id_missing: { title: "This link is incomplete", text: null },
  unknown_client: { title: "This app is not known here", text: null },
  redirect_uri_missing: { title: "This link is incomplete", text: null },
  redirect_uri_not_registered: { title: "This link leads to an unknown place", text: null },
  login_request_missing: {
    title: "There is nothing to sign in to",
    text: "Sign-in begins in the app that you want to use. Go there and sign in.",
  },
  login_request_invalid: {
    title: "This link does not work",
    text: "It is incomplete or was changed. Go back to the app and sign in again.",
  },
  login_request_expired: {
    title: "This page was open too long",
    text: "A sign-in has to be finished within an hour. Begin it again; it takes a moment.",
  },
  other_browser: {
    title: "This sign-in was begun elsewhere",
    text: "For your safety a sign-in can be finished only in the browser that began it. Begin it again in this one.",
  },
  cookies_blocked: {
    title: "Your browser keeps no cookies for this site",
    text: "Signing in needs one, to know that it is still you on the next page. Allow cookies for this site, then sign in again. A private window, or the browser that you began in, works too.",
  },
  cross_site_form: {
    title: "This form came from another site",
    text: "Nothing was done. Go back to the app and sign in again.",
  },
  invitation_invalid: {
    title: "This invitation is over",
    text: "It was accepted, taken back, or has run out. Ask whoever invited you for a new one.",
  },
  invitation_email_mismatch: {
    title: "This invitation is for another address",
    text: "You are signed in with another e-mail address than the invitation was sent to. Use that one.",
  },
  password_reset_invalid: {
    title: "This link is over",
    text: "It was used, or has run out after an hour. Ask for a new one where you sign in.",
  },
  device_grant_over: {
    title: "This code has run out",
    text: "A device waits ten minutes, and one decision is enough. Begin again on the device.",
  },
  too_many_requests: { title: "That was too often", text: null },
  disallowed_login_method: {
    title: "This app signs in another way",
    text: "It has switched off signing in by e-mail here.",
  },
  allowlist_rejected: { title: "This address has no access", text: null },
  provider_unavailable: { title: "The other side does not answer", text: null },
  provider_misconfigured: { title: "This way in is not set up right", text: null },
  provider_error: { title: "That did not work at the other side", text: null },
  return_not_allowed: { title: "This sign-in leads to an unknown place", text: null },
  oauth_state_mismatch: {
    title: "This sign-in is over",
    text: "It was finished already, took longer than ten minutes, or was begun elsewhere. Begin it again; it takes a moment.",
  },
  user_disabled: {
    title: "This account is locked",
    text: "Whoever runs the app has disabled it, and only they can open it again.",
  },
  not_a_member: {
    title: "This account is not a member",
    text: "The app asked for an organization that this account is not an active member of. Use another account, or ask somebody in the organization to add you.",
  },
  max_accounts_reached: {
    title: "This app takes no new accounts now",
    text: "It has as many users as it allows. If you have an account already, use its address.",
  },
};

const AWAY: ErrorWords = {
  title: "We cannot sign you in right now",
  text: "Something behind this page is not answering. Nothing is lost: wait a moment and load the page again.",
};
const UNFORESEEN: ErrorWords = {
  title: "Something went wrong",
  text: "It was not your doing, and it was written down. Try again; if it stays, tell whoever runs the app the request below.",
};
const OTHER: ErrorWords = { title: "That did not work", text: null };

export function errorWords(code: string, status: number): ErrorWords {
  return WORDS[code] ?? (status === 503 ? AWAY : status >= 500 ? UNFORESEEN : OTHER);
}

/** "in a minute", "in 10 minutes", "tomorrow". */
export function waitInWords(seconds: number): string {
  if (seconds < 90) return "in a minute";
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `in ${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours < 20 ? `in ${hours} hours` : "tomorrow";
}
