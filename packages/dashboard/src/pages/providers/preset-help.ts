/** Where each provider's client id and secret come from. */
export interface PresetHelp {
  readonly steps: string;
  readonly console: { readonly label: string; readonly href: string } | null;
  readonly clientId: string;
  readonly secret: string;
}

const OTHER: PresetHelp = {
  steps:
    "Register an application of kind “web” with your provider, and let it return to the address that is shown once you have added it here.",
  console: null,
  clientId: "Client ID",
  secret: "Client secret",
};

const HELP: Readonly<Record<string, PresetHelp>> = {
  google: {
    steps:
      "Google Cloud › APIs & Services › Credentials: create an OAuth client ID of type “Web application”, with the redirect URI below among its authorized ones.",
    console: { label: "Google Cloud", href: "https://console.cloud.google.com/apis/credentials" },
    clientId: "Client ID",
    secret: "Client secret",
  },
  microsoft: {
    steps:
      "Entra admin center › App registrations: register an application with the redirect URI below as “Web”, then make a client secret. Its value is the secret, not its id.",
    console: { label: "Entra admin center", href: "https://entra.microsoft.com" },
    clientId: "Application (client) ID",
    secret: "Client secret, its value",
  },
  apple: {
    steps:
      "Apple Developer › Identifiers: make a Services ID with “Sign in with Apple” and the redirect URI below as return URL. Then make a key for it, and download the .p8 file.",
    console: {
      label: "Apple Developer",
      href: "https://developer.apple.com/account/resources/identifiers/list/serviceId",
    },
    clientId: "Services ID",
    secret: "The whole text of the .p8 file",
  },
  github: {
    steps:
      "GitHub › Settings › Developer settings › OAuth Apps: register one with the redirect URI below as authorization callback URL, then make a client secret.",
    console: { label: "GitHub", href: "https://github.com/settings/developers" },
    clientId: "Client ID",
    secret: "Client secret",
  },
  discord: {
    steps:
      "Discord Developer Portal: make an application; OAuth2 has the rest. Add the redirect URI below there.",
    console: { label: "Discord", href: "https://discord.com/developers/applications" },
    clientId: "Client ID",
    secret: "Client secret",
  },
  x: {
    steps:
      "X Developer Portal › your app › User authentication settings: type “Web App”, with the redirect URI below as callback URI. Client ID and secret are those of OAuth 2.0.",
    console: { label: "X", href: "https://developer.x.com/en/portal/dashboard" },
    clientId: "OAuth 2.0 Client ID",
    secret: "OAuth 2.0 Client Secret",
  },
  linkedin: {
    steps:
      "LinkedIn Developers: make an app, ask for the product “Sign In with LinkedIn using OpenID Connect”, and add the redirect URI below under Auth.",
    console: { label: "LinkedIn", href: "https://www.linkedin.com/developers/apps" },
    clientId: "Client ID",
    secret: "Primary client secret",
  },
};

export const helpOf = (preset: string): PresetHelp => HELP[preset] ?? OTHER;
