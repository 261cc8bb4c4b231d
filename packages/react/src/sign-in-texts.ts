import type { LatchkeyClientError } from "@latchkey/browser";

/** Every word of the sign-in form. */
export const DEFAULT_TEXTS = {
  title: "Sign in",
  emailLabel: "E-mail address",
  sendCode: "Send me a code",
  sendingCode: "Sending…",
  codeSentTo: "We sent a six-digit code to",
  codeLabel: "Code",
  signIn: "Sign in",
  signingIn: "Signing in…",
  resend: "Send a new code",
  resendIn: (seconds: number) => `New code in ${seconds} s`,
  codeResent: "A new code is on its way.",
  otherAddress: "Use another address",
  guest: "Continue as a guest",
  passkey: "Sign in with a passkey",
  passkeySignUp: "Sign up with a passkey",
  passkeyCancelled: "No passkey was used. Try again, or go on another way.",
  passkeyUnknown:
    "Nobody here has this passkey any more. Go on another way, and delete it from your device.",
  or: "or",
  providers: "Other ways to sign in",
  continueWith: (name: string) => `Continue with ${name}`,
  goingTo: (name: string) => `Going to ${name}…`,
  returning: "Signing in…",
  denied: "The sign-in was cancelled.",
  begunElsewhere: "That sign-in was not begun in this tab, or too long ago. Please try again.",
  providerAway: "The provider does not answer just now. Try again, or sign in another way.",
  popupBlocked: "The browser blocked the window. Allow pop-ups for this page and try again.",
  popupClosed: "The window was closed before the sign-in was complete.",
  emailInvalid: "Enter an address such as ada@example.com.",
  codeInvalid: "Enter the six digits from the mail.",
  codeWrong: "That code is wrong or too old. Check the latest mail, or ask for a new code.",
  tooMany: (seconds: number | null) =>
    seconds ? `Too many tries. Try again in ${seconds} s.` : "Too many tries. Wait a moment.",
  unreachable: "The sign-in server cannot be reached. Check your connection and try again.",
  waiting: "The sign-in server cannot be reached. Trying again…",
  unknownUser: "There is no account with this address.",
  unknownAccount: "There is no account here for that sign-in.",
};

export type SignInTexts = typeof DEFAULT_TEXTS;

/** Words for the user. Codes without any get the server's own message, which is fit to be shown. */
export function describeError(error: LatchkeyClientError, texts: SignInTexts): string {
  switch (error.code) {
    case "invalid_credentials":
      return texts.codeWrong;
    case "too_many_requests":
      return texts.tooMany(error.retryAfter);
    case "unavailable":
      return texts.unreachable;
    case "user_does_not_exist":
      return texts.unknownUser;
    case "passkey_cancelled":
      return texts.passkeyCancelled;
    case "passkey_not_found":
      return texts.passkeyUnknown;
    case "oauth_user_denied":
      return texts.denied;
    case "oauth_state_mismatch":
      return texts.begunElsewhere;
    case "provider_unavailable":
    case "provider_misconfigured":
      return texts.providerAway;
    case "popup_blocked":
      return texts.popupBlocked;
    case "popup_closed":
      return texts.popupClosed;
    default:
      return error.message;
  }
}

/** The same for a sign-in with a provider, where some codes mean something else. */
export function describeProviderError(error: LatchkeyClientError, texts: SignInTexts): string {
  if (error.code === "invalid_credentials") return texts.begunElsewhere;
  if (error.code === "user_does_not_exist") return texts.unknownAccount;
  return describeError(error, texts);
}
