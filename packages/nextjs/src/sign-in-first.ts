/** The words of the proxy to what is no page load and needs a session; the client knows them. */
export const SIGN_IN_FIRST = "Sign in first.";
