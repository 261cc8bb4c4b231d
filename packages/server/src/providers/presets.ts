import type { OAuth2Preset, OidcPreset, Preset } from "./preset.ts";

const google: OidcPreset = {
  kind: "oidc",
  key: "google",
  name: "Google",
  slug: "google",
  accountType: "google_oauth",
  authkitName: "GoogleOAuth",
  issuer: "https://accounts.google.com",
  scopes: ["openid", "email", "profile"],
  clientAuth: "client_secret_post",
  pkce: true,
  nonce: true,
  // Of other mailboxes Google knows only that they were the person's on the day the account was made.
  vouchesForEmail: {
    kind: "claim",
    claim: "email_verified",
    only: { domains: ["gmail.com", "googlemail.com"], hostedDomainClaim: "hd" },
  },
  // It refuses every other, and has none for signing in anew.
  prompts: { login: "select_account", consent: "consent", select_account: "select_account" },
  options: [],
};

const microsoft: OidcPreset = {
  kind: "oidc",
  key: "microsoft",
  name: "Microsoft",
  slug: "custom:microsoft",
  accountType: "custom:microsoft",
  authkitName: "MicrosoftOAuth",
  issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
  scopes: ["openid", "email", "profile"],
  clientAuth: "client_secret_post",
  pkce: true,
  nonce: true,
  // A tenant's administrator can write any address there; this optional claim says that the domain is theirs.
  vouchesForEmail: { kind: "claim", claim: "xms_edov" },
  options: [
    {
      key: "tenant",
      label: "Tenant",
      help: "A directory id, or common (everybody), organizations (work and school) or consumers (personal accounts).",
      pattern:
        "common|organizations|consumers|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+",
      fallback: "common",
    },
  ],
};

const apple: OidcPreset = {
  kind: "oidc",
  key: "apple",
  name: "Apple",
  slug: "apple",
  accountType: "apple_oauth",
  authkitName: "AppleOAuth",
  issuer: "https://appleid.apple.com",
  scopes: ["openid", "email", "name"],
  clientAuth: "apple_jwt",
  // Apple refuses to send name and address in a query.
  responseMode: "form_post",
  pkce: true,
  nonce: true,
  vouchesForEmail: { kind: "claim", claim: "email_verified" },
  prompts: {},
  options: [
    {
      key: "teamId",
      label: "Team ID",
      help: "Ten characters, at the top right of the developer account.",
      pattern: "[A-Z0-9]{10}",
    },
    {
      key: "keyId",
      label: "Key ID",
      help: "Ten characters, of the key whose .p8 file is the secret.",
      pattern: "[A-Z0-9]{10}",
    },
  ],
};

const github: OAuth2Preset = {
  kind: "oauth2",
  key: "github",
  name: "GitHub",
  slug: "github",
  accountType: "github_oauth",
  authkitName: "GitHubOAuth",
  issuer: "https://github.com",
  endpoints: {
    authorization: "https://github.com/login/oauth/authorize",
    token: "https://github.com/login/oauth/access_token",
  },
  scopes: ["read:user", "user:email"],
  clientAuth: "client_secret_post",
  pkce: true,
  vouchesForEmail: { kind: "never" },
  profile: {
    url: "https://api.github.com/user",
    subject: "id",
    name: "name",
    username: "login",
    picture: "avatar_url",
    emailList: {
      url: "https://api.github.com/user/emails",
      address: "email",
      primary: "primary",
      verified: "verified",
    },
  },
  options: [],
};

const discord: OAuth2Preset = {
  kind: "oauth2",
  key: "discord",
  name: "Discord",
  slug: "discord",
  accountType: "discord_oauth",
  authkitName: "DiscordOAuth",
  issuer: "https://discord.com",
  endpoints: {
    authorization: "https://discord.com/oauth2/authorize",
    token: "https://discord.com/api/oauth2/token",
  },
  scopes: ["identify", "email"],
  clientAuth: "client_secret_post",
  pkce: true,
  vouchesForEmail: { kind: "claim", claim: "verified" },
  profile: {
    url: "https://discord.com/api/users/@me",
    subject: "id",
    email: "email",
    name: "global_name",
    username: "username",
    picture: "avatar",
    pictureTemplate: "https://cdn.discordapp.com/avatars/{id}/{avatar}.png",
  },
  options: [],
};

const x: OAuth2Preset = {
  kind: "oauth2",
  key: "x",
  name: "X",
  slug: "twitter",
  accountType: "twitter_oauth",
  authkitName: "XOAuth",
  issuer: "https://x.com",
  endpoints: {
    authorization: "https://x.com/i/oauth2/authorize",
    token: "https://api.x.com/2/oauth2/token",
  },
  // It shows a profile to those only who may read posts.
  scopes: ["users.read", "tweet.read"],
  clientAuth: "client_secret_basic",
  pkce: true,
  vouchesForEmail: { kind: "never" },
  profile: {
    url: "https://api.x.com/2/users/me?user.fields=profile_image_url",
    subject: "data.id",
    name: "data.name",
    username: "data.username",
    picture: "data.profile_image_url",
  },
  options: [],
};

const linkedin: OidcPreset = {
  kind: "oidc",
  key: "linkedin",
  name: "LinkedIn",
  slug: "linkedin",
  accountType: "linkedin_oauth",
  authkitName: "LinkedInOAuth",
  issuer: "https://www.linkedin.com/oauth",
  scopes: ["openid", "email", "profile"],
  clientAuth: "client_secret_post",
  // LinkedIn answers invalid_client to a code verifier, and leaves the nonce out.
  pkce: false,
  nonce: false,
  vouchesForEmail: { kind: "never" },
  prompts: {},
  options: [],
};

const oidc: OidcPreset = {
  kind: "oidc",
  key: "oidc",
  name: "OpenID Connect",
  // Each has a name of its own, which its row says.
  slug: "custom:",
  accountType: "custom:",
  authkitName: "SSO",
  issuer: null,
  scopes: ["openid", "email", "profile"],
  clientAuth: "client_secret_basic",
  pkce: true,
  nonce: true,
  vouchesForEmail: { kind: "claim", claim: "email_verified" },
  options: [],
};

/** In the order in which they are offered. */
export const presets: readonly Preset[] = [
  google,
  microsoft,
  apple,
  github,
  discord,
  x,
  linkedin,
  oidc,
];

const byKey = new Map(presets.map((preset) => [preset.key, preset]));

export function findPreset(key: string): Preset | null {
  return byKey.get(key) ?? null;
}
