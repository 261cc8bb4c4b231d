const METHODS: Readonly<Record<string, string>> = {
  email: "E-mail",
  password: "Password",
  passkey: "Passkey",
  device: "Device code",
  guest: "Guest",
  custom_auth: "Own login",
  custom_jwt: "Own login",
  impersonation: "Impersonation",
  sso: "Organization sign-in",
  github_oauth: "GitHub",
  linkedin_oauth: "LinkedIn",
  twitter_oauth: "X",
  "custom:microsoft": "Microsoft",
};

/** A way of signing in, or a kind of account; what has no words here is said as the API says it. */
export const methodWords = (method: string): string => METHODS[method] ?? providerWords(method);

/** Such as `google_oauth`. */
function providerWords(method: string): string {
  const name = /^(\w+)_oauth$/.exec(method)?.[1];
  return name ? name.charAt(0).toUpperCase() + name.slice(1) : method;
}
