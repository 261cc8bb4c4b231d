/**
 * Every environment variable, in one list: configuration is read from it and `.env.example` is
 * written from it.
 */
import * as z from "zod";

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

const seconds = (min: number, max: number, fallback: number) =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined ? fallback : Number(text)))
    .pipe(
      z
        .number({ error: "must be a number of seconds" })
        .int("must be whole seconds")
        .min(min, `must be at least ${min} seconds`)
        .max(max, `must be at most ${max} seconds`),
    );

export const variables = {
  port: variable({
    name: "PORT",
    help: "Port to listen on.",
    example: "4400",
    modes: BOTH,
    schema: z
      .string()
      .optional()
      .transform((text) => Number(text ?? 4400))
      .pipe(z.number({ error: "must be a port number" }).int().min(0).max(65_535)),
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
      .superRefine((text, context) => {
        const url = URL.parse(text);
        const problem = !url
          ? "must be a URL such as https://sessions.example.com"
          : url.protocol !== "https:"
            ? "must begin with https://, because sessions travel over it"
            : url.origin !== text.replace(/\/$/, "")
              ? "must have no path, query or user"
              : null;
        if (problem) context.addIssue({ code: "custom", message: problem });
      })
      .transform((text) => text.replace(/\/$/, "")),
  }),
  databaseUrl: variable({
    name: "LATCHKEY_DATABASE_URL",
    help: "PostgreSQL (postgres://user:password@host/database) or one SQLite file (sqlite:/var/lib/latchkey/latchkey.db). Several instances need PostgreSQL.",
    example: "postgres://latchkey:password@localhost:5432/latchkey",
    secret: true,
    modes: PRODUCTION,
    schema: required("postgres://… or sqlite:/path/to/file").regex(
      /^(postgres(ql)?:\/\/.|sqlite:[^/]*\/?[^/])/,
      "must be postgres://user:password@host/database or sqlite:/path/to/file",
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
    help: "The relay that sends mail: smtp://user:password@host:587 or smtps://…:465.",
    example: "smtp://user:password@mail.example.com:587",
    secret: true,
    modes: PRODUCTION,
    schema: required("smtp://user:password@host:587").regex(
      /^smtps?:\/\/.+/,
      "must begin with smtp:// or smtps://",
    ),
  }),
  mailFrom: variable({
    name: "LATCHKEY_MAIL_FROM",
    help: "Sender of the mails.",
    example: "Example <sign-in@example.com>",
    modes: PRODUCTION,
    schema: required("the sender, such as Example <sign-in@example.com>").regex(
      /^[^\r\n]*[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>?$/,
      "must be an address such as Example <sign-in@example.com>",
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
      .transform((text) =>
        (text ?? "")
          .split(",")
          .map((part) => part.trim())
          .filter(Boolean),
      )
      .refine(
        (parts) => parts.every((part) => /^[0-9a-fA-F.:]+(\/[0-9]{1,3})?$/.test(part)),
        "must be addresses or networks such as 10.0.0.0/8, separated by commas",
      ),
  }),
  accessTokenTtl: variable({
    name: "LATCHKEY_ACCESS_TOKEN_TTL",
    help: "Seconds that an access token is good for, in both protocols, where an app does not say. Not set: 3600 in the browser protocol, 900 in the app-server protocol.",
    example: "",
    modes: BOTH,
    schema: z
      .undefined()
      .transform(() => null)
      .or(seconds(1, 86_400, 3600)),
  }),
  refreshWindow: variable({
    name: "LATCHKEY_REFRESH_GRACE",
    help: "Seconds in which a repeated refresh gets the same answer, where an app does not say.",
    example: "120",
    modes: BOTH,
    schema: seconds(0, 600, 120),
  }),
  logLevel: variable({
    name: "LATCHKEY_LOG_LEVEL",
    help: "debug, info, warn or error. At debug every request is a line.",
    example: "info",
    modes: BOTH,
    schema: z
      .enum(["debug", "info", "warn", "error"])
      .optional()
      .transform((level) => level ?? "info"),
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
