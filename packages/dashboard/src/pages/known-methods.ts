/** Ways of signing in that a filter offers; the address takes any other too. */
export const KNOWN_METHODS = [
  "email",
  "password",
  "passkey",
  "google_oauth",
  "github_oauth",
  "apple_oauth",
  "custom:microsoft",
  "discord_oauth",
  "twitter_oauth",
  "linkedin_oauth",
  "sso",
  "custom_auth",
  "guest",
  "device",
  "impersonation",
] as const;

/** Kinds of accounts that a filter offers; a guest is no account but a kind of user. */
export const KNOWN_ACCOUNTS = [
  "email",
  "passkey",
  "google_oauth",
  "github_oauth",
  "apple_oauth",
  "custom:microsoft",
  "discord_oauth",
  "twitter_oauth",
  "linkedin_oauth",
  "custom_auth",
] as const;
