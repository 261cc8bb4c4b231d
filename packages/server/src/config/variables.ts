/**
 * Every environment variable, in one list: configuration is read from it and `.env.example` is
 * written from it.
 */
import * as z from "zod";
import {
  databaseUrlProblem,
  directoryUrlProblem,
  dnsServerProblem,
  networkProblem,
  publicUrlProblem,
  senderProblem,
  smtpUrlProblem,
  zoneProblem,
} from "./problems.ts";

export interface Variable<T = unknown> {
  readonly name: string;
  /** Sentences for whoever sets it. */
  readonly help: string;
  readonly example: string;
  readonly secret?: true;
  /** Where it counts: `latchkey dev` takes everything else from its data folder. */
  readonly modes: readonly ("development" | "production")[];
  /** Reads the text; undefined when the variable is not set. */
  readonly schema: z.ZodType<T, string | undefined>;
}

const BOTH = ["development", "production"] as const;
const PRODUCTION = ["production"] as const;

function variable<T>(definition: Variable<T>): Variable<T> {
  return definition;
}

const required = (what: string) => z.string({ error: `is missing: ${what}` });

/** Null when it is not set. */
const wholeNumber = (what: string, min: number, max: number) =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return null;
      const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
      if (value >= min && value <= max) return value;
      context.addIssue(`must be ${what}, a whole number from ${min} to ${max}`);
      return z.NEVER;
    });

/** `problem` answers what is wrong with a text, or null. */
const checked = (problem: (text: string) => string | null) => (text: string, context: Context) => {
  const found = problem(text);
  if (found !== null) context.addIssue({ code: "custom", message: found });
};

type Context = z.core.$RefinementCtx<string>;

export const variables = {
  port: variable({
    name: "PORT",
    help: "Port to listen on.",
    example: "4400",
    modes: BOTH,
    schema: wholeNumber("a port", 0, 65_535).transform((port) => port ?? 4400),
  }),
  host: variable({
    name: "LATCHKEY_HOST",
    help: "Address to listen on. `latchkey dev` listens on loopback whatever this says.",
    example: "0.0.0.0",
    modes: PRODUCTION,
    schema: z
      .string()
      .optional()
      .transform((text) => text ?? "0.0.0.0"),
  }),
  dataDir: variable({
    name: "LATCHKEY_DATA_DIR",
    help: "Folder that `latchkey dev` keeps its database and master key in.",
    example: ".latchkey",
    modes: ["development"],
    schema: z
      .string()
      .optional()
      .transform((text) => text ?? ".latchkey"),
  }),
  publicUrl: variable({
    name: "LATCHKEY_PUBLIC_URL",
    help: "Where browsers reach this server, https and without a path.",
    example: "https://sessions.example.com",
    modes: PRODUCTION,
    schema: required("the https address that browsers reach this server at")
      .superRefine(checked(publicUrlProblem))
      .transform((text) => text.replace(/\/$/, "")),
  }),
  databaseUrl: variable({
    name: "LATCHKEY_DATABASE_URL",
    help: "PostgreSQL (postgres://user:password@host/database) or one SQLite file (sqlite:/var/lib/latchkey/latchkey.db). Several instances need PostgreSQL. On another machine it needs an sslmode: ?sslmode=verify-full, or ?sslmode=disable over a network that you trust.",
    example: "postgres://latchkey:password@localhost:5432/latchkey",
    secret: true,
    modes: PRODUCTION,
    schema: required("postgres://… or sqlite:/path/to/file").superRefine(
      checked(databaseUrlProblem),
    ),
  }),
  masterKey: variable({
    name: "LATCHKEY_MASTER_KEY",
    help: "The one secret that everything is encrypted and signed under. Make it once (openssl rand -base64 48), keep it apart from database backups, never change it.",
    example: "",
    secret: true,
    modes: PRODUCTION,
    schema: required("make one with: openssl rand -base64 48")
      .min(32, "must have at least 32 random characters (openssl rand -base64 48)")
      .refine(
        (text) => new Set(text).size >= 12,
        "is not random: make one with openssl rand -base64 48",
      ),
  }),
  smtpUrl: variable({
    name: "LATCHKEY_SMTP_URL",
    help: "The relay that sends mail: smtp://user:password@host:587 or smtps://…:465. STARTTLS is required unless the relay is on this machine or the URL ends with ?requireTLS=false.",
    example: "smtp://user:password@mail.example.com:587",
    secret: true,
    modes: PRODUCTION,
    schema: required("smtp://user:password@host:587").superRefine(checked(smtpUrlProblem)),
  }),
  mailFrom: variable({
    name: "LATCHKEY_MAIL_FROM",
    help: "Sender of the mails.",
    example: "sign-in@example.com",
    modes: PRODUCTION,
    schema: required("the sender, such as Example <sign-in@example.com>").superRefine(
      checked(senderProblem),
    ),
  }),
  trustedProxies: variable({
    name: "LATCHKEY_TRUSTED_PROXIES",
    help: "Addresses or networks of the load balancers in front, comma-separated: only from them is X-Forwarded-For believed. Empty when browsers connect directly.",
    example: "10.0.0.0/8",
    modes: PRODUCTION,
    schema: z
      .string()
      .optional()
      .transform((text, context) => {
        const networks = (text ?? "").split(",").map((part) => part.trim());
        return networks.filter(Boolean).filter((network) => {
          const problem = networkProblem(network);
          if (problem !== null) context.addIssue(problem);
          return problem === null;
        });
      }),
  }),
  cnameZone: variable({
    name: "LATCHKEY_CNAME_ZONE",
    help: "A DNS zone of yours, such as cname.example.com, in which every app's own domain gets a CNAME target that nobody can guess. Set *.<zone> there as CNAME to this server's public host. Empty: CNAMEs go to the public host itself.",
    example: "",
    modes: BOTH,
    schema: z
      .string()
      .optional()
      .transform((text) => text?.toLowerCase().replace(/\.$/, "") ?? null)
      .superRefine((zone, context) => {
        const problem = zone === null ? null : zoneProblem(zone);
        if (problem !== null) context.addIssue(problem);
      }),
  }),
  dnsServers: variable({
    name: "LATCHKEY_DNS_SERVERS",
    help: "Recursive resolvers that verify apps' own domains, comma-separated; two of different providers are better than one. Empty: those of the operating system.",
    example: "",
    modes: BOTH,
    schema: z
      .string()
      .optional()
      .transform((text, context) => {
        const servers = (text ?? "").split(",").map((part) => part.trim());
        return servers.filter(Boolean).filter((server) => {
          const problem = dnsServerProblem(server);
          if (problem !== null) context.addIssue(problem);
          return problem === null;
        });
      }),
  }),
  acmeDirectory: variable({
    name: "LATCHKEY_ACME_DIRECTORY",
    help: "ACME directory of the CA that issues certificates for apps' own domains.",
    example: "https://acme-v02.api.letsencrypt.org/directory",
    modes: BOTH,
    schema: z
      .string()
      .optional()
      .transform((text) => text ?? "https://acme-v02.api.letsencrypt.org/directory")
      .superRefine(checked(directoryUrlProblem)),
  }),
  tlsPort: variable({
    name: "LATCHKEY_TLS_PORT",
    help: "Port to serve https on, with certificates that this server gets by ACME for its public host and for every app's own domain. PORT then only answers the CA and sends everything else to https. Empty: a proxy in front serves https. Setting it (or LATCHKEY_CERTIFICATES_PORT) agrees to the terms of service of the CA behind LATCHKEY_ACME_DIRECTORY.",
    example: "443",
    modes: PRODUCTION,
    schema: wholeNumber("a port", 0, 65_535),
  }),
  certificatesPort: variable({
    name: "LATCHKEY_CERTIFICATES_PORT",
    help: "Port on 127.0.0.1 on which Caddy gets the certificates that this server got by ACME. Needs LATCHKEY_CERTIFICATES_TOKEN.",
    example: "4401",
    modes: PRODUCTION,
    schema: wholeNumber("a port", 0, 65_535),
  }),
  certificatesToken: variable({
    name: "LATCHKEY_CERTIFICATES_TOKEN",
    help: "The password that Caddy sends to get certificates with their private keys (openssl rand -hex 24).",
    example: "",
    secret: true,
    modes: PRODUCTION,
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{24,}$/, "must have at least 24 random letters and digits")
      .optional()
      .transform((token) => token ?? null),
  }),
  acmeDnsPort: variable({
    name: "LATCHKEY_ACME_DNS_PORT",
    help: "Port (UDP and TCP) of a small name server for acme.<LATCHKEY_CNAME_ZONE>, for apps whose port 80 the CA cannot reach: they delegate _acme-challenge to it. Needs an NS record for that zone. Empty: certificates are proven over HTTP.",
    example: "53",
    modes: PRODUCTION,
    schema: wholeNumber("a port", 0, 65_535),
  }),
  acmeEmail: variable({
    name: "LATCHKEY_ACME_EMAIL",
    help: "Address that the CA may write to about this deployment's certificates.",
    example: "operator@example.com",
    modes: PRODUCTION,
    schema: z
      .string()
      .regex(
        /^[^\s@<>,]+@[^\s@<>,]+\.[^\s@<>,]+$/,
        "must be an address such as operator@example.com",
      )
      .optional()
      .transform((address) => address ?? null),
  }),
  acmeEabKid: variable({
    name: "LATCHKEY_ACME_EAB_KID",
    help: "Key id of the external account binding, for CAs that want one (Google Trust Services, ZeroSSL). With LATCHKEY_ACME_EAB_HMAC_KEY.",
    example: "",
    modes: PRODUCTION,
    schema: z
      .string()
      .optional()
      .transform((kid) => kid ?? null),
  }),
  acmeEabHmacKey: variable({
    name: "LATCHKEY_ACME_EAB_HMAC_KEY",
    help: "Key of the external account binding, base64url, as the CA shows it.",
    example: "",
    secret: true,
    modes: PRODUCTION,
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_+/=-]+$/, "must be base64url")
      .optional()
      .transform((key) => key ?? null),
  }),
  acmeCaFile: variable({
    name: "LATCHKEY_ACME_CA_FILE",
    help: "PEM file of the CA that the ACME directory's own https is trusted by, instead of the usual ones. For a CA of your own, and for tests.",
    example: "",
    modes: PRODUCTION,
    schema: z
      .string()
      .optional()
      .transform((path) => path ?? null),
  }),
  allowPrivateAddresses: variable({
    name: "LATCHKEY_ALLOW_PRIVATE_ADDRESSES",
    help: "`true` lets webhooks go to private addresses and to this machine, and lets identity providers and the keys of an app's own login (`customJwt`, over http on loopback) be there. An app's administrators choose these addresses: allow it only where all of them may reach what is in your network. `latchkey dev` allows it whatever this says.",
    example: "",
    modes: PRODUCTION,
    schema: z
      .enum(["true", "false"], { error: "must be true or false" })
      .optional()
      .transform((text) => text === "true"),
  }),
  accessTokenTtl: variable({
    name: "LATCHKEY_ACCESS_TOKEN_TTL",
    help: "Seconds that an access token is good for, in both protocols, where an app does not say. Not set: 3600 in the browser protocol, 900 in the app-server protocol.",
    example: "",
    modes: BOTH,
    schema: wholeNumber("a number of seconds", 1, 86_400),
  }),
  refreshWindow: variable({
    name: "LATCHKEY_REFRESH_GRACE",
    help: "Seconds in which a repeated refresh gets the same answer, where an app does not say. Keep it longer than your clients go on retrying: under 10 seconds, a client that was cut off may be taken for a thief.",
    example: "120",
    modes: BOTH,
    schema: wholeNumber("a number of seconds", 0, 600).transform((seconds) => seconds ?? 120),
  }),
  logLevel: variable({
    name: "LATCHKEY_LOG_LEVEL",
    help: "debug, info, warn or error. At debug every request is a line.",
    example: "info",
    modes: BOTH,
    schema: z
      .enum(["debug", "info", "warn", "error"], { error: "must be debug, info, warn or error" })
      .optional()
      .transform((level) => level ?? "info"),
  }),
  auditLogDays: variable({
    name: "LATCHKEY_AUDIT_LOG_DAYS",
    help: "Days after which lines of the administrators' audit log are deleted, 30 at least. Not set: they are kept for good. A line deleted is in no export any more.",
    example: "",
    modes: PRODUCTION,
    schema: wholeNumber("a number of days", 30, 36_500),
  }),
  metricsToken: variable({
    name: "LATCHKEY_METRICS_TOKEN",
    help: "What Prometheus sends as Bearer token to read /metrics. Without it there is no /metrics.",
    example: "",
    secret: true,
    modes: PRODUCTION,
    schema: z.string().min(16, "must have at least 16 random characters").optional(),
  }),
} as const;

/** Which command reads it, in words. */
export function whereRead({ modes }: Variable): string {
  if (modes.length === 2) return "`latchkey dev` and `latchkey start`";
  return modes.includes("production") ? "`latchkey start`" : "`latchkey dev`";
}

/** What counts when it is not set, as text; undefined when it must be set. */
export function defaultOf({ schema }: Variable): string | undefined {
  const read = schema.safeParse(undefined);
  return read.success ? String(read.data ?? "") : undefined;
}
