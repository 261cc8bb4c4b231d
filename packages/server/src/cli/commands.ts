export interface Command {
  readonly name: string;
  readonly options: string;
  readonly summary: string;
  /** Loaded only when it is the one: a start should not pay for the others. */
  load(): Promise<(args: string[]) => Promise<number | undefined>>;
}

export const commands: readonly Command[] = [
  {
    name: "dev",
    options: "",
    summary: "Run everything on this machine for development: demo page, mail inbox, database.",
    load: async () => (await import("./dev.ts")).dev,
  },
  {
    name: "start",
    options: "",
    summary: "Run the session server, configured by environment variables.",
    load: async () => (await import("./start.ts")).start,
  },
  {
    name: "migrate",
    options: "",
    summary: "Bring the database's schema up to date and exit (start does this too).",
    load: async () => (await import("./migrate.ts")).migrateCommand,
  },
  {
    name: "apps create",
    options: "<name> [--development] [--origin <origin>]... [--set <setting>=<value>]...",
    summary: "Make an app; prints its id and, once, its secrets.",
    load: async () => (await import("./apps.ts")).createAppCommand,
  },
  {
    name: "apps list",
    options: "",
    summary: "List the apps.",
    load: async () => (await import("./apps.ts")).listAppsCommand,
  },
  {
    name: "apps update",
    options:
      "<id> [--add-origin <origin>]... [--remove-origin <origin>]... [--set <setting>=<value>]...",
    summary: "Change an app's allowed origins and settings; without options, show them.",
    load: async () => (await import("./apps.ts")).updateAppCommand,
  },
  {
    name: "apps rotate-secret",
    options: "<id> [--api-key] [--overlap-hours <hours>]",
    summary: "Make a new app secret (or API key), shown once; the one before stays good for a day.",
    load: async () => (await import("./apps.ts")).rotateSecretCommand,
  },
  {
    name: "apps test-account",
    options: "<id> [--off]",
    summary: "Make a test account that signs in with a fixed code; replaces the one before.",
    load: async () => (await import("./apps.ts")).testAccountCommand,
  },
  {
    name: "clients create",
    options:
      "<app id> <name> [--origin <origin>]... [--session-days <days>] [--cookies enabled|disabled|inherit] [--native-id <id>]...",
    summary: "Make an app client with its own origins, session lifetime and cookies.",
    load: async () => (await import("./clients.ts")).createClientCommand,
  },
  {
    name: "clients update",
    options:
      "<app id> <client id> [--add-origin <origin>]... [--remove-origin <origin>]... [--session-days <days>|app] [--cookies enabled|disabled|inherit] [--add-native-id <id>]... [--remove-native-id <id>]...",
    summary: "Change an app client; without options, show it.",
    load: async () => (await import("./clients.ts")).updateClientCommand,
  },
  {
    name: "clients list",
    options: "<app id>",
    summary: "List an app's clients.",
    load: async () => (await import("./clients.ts")).listClientsCommand,
  },
  {
    name: "domains add",
    options: "<app id> <domain> [--json]",
    summary:
      "Give a production app its own domain, such as example.com; prints the DNS records to set.",
    load: async () => (await import("./domains.ts")).addDomainCommand,
  },
  {
    name: "domains check",
    options: "<domain> [--json]",
    summary:
      "Look at a domain's DNS now and say what is wrong and what to set; exits with 1 until it works.",
    load: async () => (await import("./domains.ts")).checkDomainCommand,
  },
  {
    name: "domains list",
    options: "",
    summary: "List the apps' domains with their states.",
    load: async () => (await import("./domains.ts")).listDomainsCommand,
  },
  {
    name: "domains approve",
    options: "<domain> [--json]",
    summary: "Approve a domain that waits for it, or that was refused.",
    load: async () => (await import("./domains.ts")).approveDomainCommand,
  },
  {
    name: "domains refuse",
    options: "<domain> --reason <text>",
    summary: "Block a domain, with a reason that its app is told.",
    load: async () => (await import("./domains.ts")).refuseDomainCommand,
  },
  {
    name: "domains remove",
    options: "<domain>",
    summary: "Take a domain from its app: no cookies are set on it, and it is free again.",
    load: async () => (await import("./domains.ts")).removeDomainCommand,
  },
  {
    name: "keys list",
    options: "",
    summary: "List signing keys and refresh-token keys.",
    load: async () => (await import("./keys.ts")).listKeysCommand,
  },
  {
    name: "keys rotate",
    options: "[--now] [--drop-old]",
    summary:
      "Make new keys with overlap: published now, signing two hours later (--now: at once; --drop-old: for a leaked signing key, withdraws the old ones).",
    load: async () => (await import("./keys.ts")).rotateKeysCommand,
  },
  {
    name: "keys retire",
    options: "<kid>",
    summary: "Stop accepting a refresh-token key: its sessions end. For a leaked key.",
    load: async () => (await import("./keys.ts")).retireKeyCommand,
  },
  {
    name: "admins invite",
    options: "[--email <address>] [--role owner|editor|viewer]",
    summary:
      "Print a one-time link to the dashboard, for a new administrator or when all are lost.",
    load: async () => (await import("./admins.ts")).inviteAdminCommand,
  },
  {
    name: "admins list",
    options: "",
    summary: "List who manages this deployment.",
    load: async () => (await import("./admins.ts")).listAdminsCommand,
  },
  {
    name: "users disable",
    options: "<app id> <user id>",
    summary: "Bar a user from signing in and end their sessions.",
    load: async () => (await import("./users.ts")).disableUserCommand,
  },
  {
    name: "users enable",
    options: "<app id> <user id>",
    summary: "Let a disabled user sign in again.",
    load: async () => (await import("./users.ts")).enableUserCommand,
  },
  {
    name: "users sign-out",
    options: "<app id> <user id>",
    summary: "End every session of a user.",
    load: async () => (await import("./users.ts")).signOutUserCommand,
  },
  {
    name: "organizations list",
    options: "<app id>",
    summary: "List an app's organizations with their entitlements and feature flags.",
    load: async () => (await import("./organizations.ts")).listOrganizationsCommand,
  },
  {
    name: "organizations update",
    options: "<app id> <organization id> [--entitlements <a,b>] [--feature-flags <a,b>]",
    summary: "Set what an organization's members' tokens claim; an empty text takes all away.",
    load: async () => (await import("./organizations.ts")).updateOrganizationCommand,
  },
  {
    name: "providers list",
    options: "<app id>",
    summary: "List the providers that an app's users sign in with.",
    load: async () => (await import("./providers.ts")).listProvidersCommand,
  },
  {
    name: "providers add",
    options:
      "<app id> <preset> --client-id <id> [--issuer <url>] [--slug <name>] [--name <text>] [--option <name>=<value>]... [--scope <scope>]... [--organization <id>] [--domain <domain>]... [--join-role <role>] [--public] [--merge-by-email] [--return-tokens] [--off]",
    summary:
      "Add google, microsoft, apple, github, discord, x, linkedin, or oidc with its issuer. The client secret comes on standard input or in LATCHKEY_PROVIDER_SECRET.",
    load: async () => (await import("./providers.ts")).addProviderCommand,
  },
  {
    name: "providers test",
    options: "<app id> <provider id>",
    summary: "Ask a provider whether its configuration works; exits with 1 until it does.",
    load: async () => (await import("./providers.ts")).testProviderCommand,
  },
  {
    name: "providers remove",
    options: "<app id> <provider id>",
    summary: "Remove a provider. Its users stay.",
    load: async () => (await import("./providers.ts")).removeProviderCommand,
  },
  {
    name: "certificates list",
    options: "",
    summary: "List the certificates: state, expiry, when they are renewed, and what went wrong.",
    load: async () => (await import("./certificates.ts")).listCertificatesCommand,
  },
  {
    name: "certificates renew",
    options: "<name>",
    summary: "Ask for a name's certificate now, without waiting for its renewal or next attempt.",
    load: async () => (await import("./certificates.ts")).renewCertificateCommand,
  },
  {
    name: "impersonate",
    options: "<client id> <user e-mail> --as <your e-mail> --reason <text> [--redirect-uri <uri>]",
    summary: "Make an address that signs you in as a user, for an hour, with your name and reason.",
    load: async () => (await import("./impersonate.ts")).impersonateCommand,
  },
  {
    name: "impersonations list",
    options: "<app id> [--limit <count>]",
    summary: "List who acted as a user of an app, newest first: when, why, and in which session.",
    load: async () => (await import("./impersonations.ts")).listImpersonationsCommand,
  },
  {
    name: "sessions declare-loss",
    options: "[--days <days>]",
    summary: "After a restore: end sessions that the database has no record of, for 7 days.",
    load: async () => (await import("./sessions.ts")).declareLossCommand,
  },
  {
    name: "backup",
    options: "<file>",
    summary: "Copy a SQLite database, also while the server runs.",
    load: async () => (await import("./backup.ts")).backupCommand,
  },
  {
    name: "restore",
    options: "<file> [--force]",
    summary: "Put a backup in place of the SQLite database, while no server runs.",
    load: async () => (await import("./backup.ts")).restoreCommand,
  },
];
