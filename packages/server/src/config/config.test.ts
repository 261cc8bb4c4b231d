import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ConfigurationError,
  readConfig,
  readDomainConfig,
  readOperatorConfig,
  readSessionConfig,
  unknownVariables,
} from "./config.ts";
import { type Variable, variables } from "./variables.ts";

const MASTER_KEY = "gK0Vd2vJqZ4n1yT7wXcE9rBsUaMhLpQf";
const GOOD = {
  LATCHKEY_PUBLIC_URL: "https://sessions.example.com",
  LATCHKEY_DATABASE_URL:
    "postgres://latchkey:pass@db.example.com:5432/latchkey?sslmode=verify-full",
  LATCHKEY_MASTER_KEY: MASTER_KEY,
  LATCHKEY_SMTP_URL: "smtp://user:pass@mail.example.com:587",
  LATCHKEY_MAIL_FROM: "Example <sign-in@example.com>",
};

/** What a production start says about GOOD with these changes. */
function problemsOf(changes: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig("production", { ...GOOD, ...changes });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const DOMAINS = {
  cnameZone: null,
  dnsServers: [],
  acmeDirectory: "https://acme-v02.api.letsencrypt.org/directory",
};

const CERTIFICATES = {
  tlsPort: null,
  certificatesPort: null,
  certificatesToken: null,
  acmeEmail: null,
  acmeEabKid: null,
  acmeEabHmacKey: null,
  acmeCaFile: null,
  acmeDnsPort: null,
};

test("production has defaults for everything but five values", () => {
  expect(readConfig("production", GOOD)).toEqual({
    port: 4400,
    host: "0.0.0.0",
    publicUrl: "https://sessions.example.com",
    databaseUrl: GOOD.LATCHKEY_DATABASE_URL,
    masterKey: MASTER_KEY,
    smtpUrl: GOOD.LATCHKEY_SMTP_URL,
    mailFrom: GOOD.LATCHKEY_MAIL_FROM,
    trustedProxies: [],
    ...DOMAINS,
    ...CERTIFICATES,
    accessTokenTtl: null,
    refreshWindow: 120,
    logLevel: "info",
    metricsToken: undefined,
    auditLogDays: null,
    allowPrivateAddresses: false,
  });
});

test("development needs nothing, and reads nothing of production", () => {
  const broken = { LATCHKEY_PUBLIC_URL: "x", LATCHKEY_DATABASE_URL: "x", LATCHKEY_MASTER_KEY: "x" };
  expect(readConfig("development", broken)).toEqual({
    port: 4400,
    dataDir: ".latchkey",
    ...DOMAINS,
    accessTokenTtl: null,
    refreshWindow: 120,
    logLevel: "info",
  });
});

test("what domains need is read alone too, with its problems", () => {
  expect(readDomainConfig({})).toEqual(DOMAINS);
  expect(() => readDomainConfig({ LATCHKEY_CNAME_ZONE: "*.x" })).toThrow(/LATCHKEY_CNAME_ZONE/);
});

test("an operator's command needs the database and its key", () => {
  expect(() => readOperatorConfig({})).toThrow(/2 problems/);
  const { LATCHKEY_DATABASE_URL, LATCHKEY_MASTER_KEY } = GOOD;
  expect(readOperatorConfig({ LATCHKEY_DATABASE_URL, LATCHKEY_MASTER_KEY })).toEqual({
    databaseUrl: LATCHKEY_DATABASE_URL,
    masterKey: LATCHKEY_MASTER_KEY,
  });
});

test("all problems are told at once, each with the variable's name and what to do", () => {
  const names = Object.keys(GOOD);
  const missing = problemsOf(Object.fromEntries(names.map((name) => [name, undefined])));
  expect(missing.map((problem) => problem.split(" ")[0])).toEqual(names);
  for (const problem of missing) expect(problem).toMatch(/ is missing: .{10,}|openssl/);
  expect(() => readConfig("production", {})).toThrow(
    /^The configuration has 5 problems:\n {2}LATCHKEY_PUBLIC_URL is missing/,
  );
});

test("an empty line in an .env file means: not set; spaces around a value mean nothing", () => {
  expect(problemsOf({ PORT: "", LATCHKEY_LOG_LEVEL: "  ", LATCHKEY_METRICS_TOKEN: "" })).toEqual(
    [],
  );
  expect(readConfig("production", { ...GOOD, PORT: " 8080 " }).port).toBe(8080);
});

test("the configuration cannot be changed once it is read", () => {
  const config = readConfig("production", GOOD);
  expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
});

describe("a value that would be unsafe or cannot work is refused", () => {
  test.each([
    ["PORT", "http", "a whole number from 0 to 65535"],
    ["PORT", "65536", "65535"],
    ["PORT", "-1", "65535"],
    ["PORT", "80.5", "whole number"],
    ["PORT", "0x50", "whole number"],
    ["LATCHKEY_PUBLIC_URL", "sessions.example.com", "https://sessions.example.com"],
    ["LATCHKEY_PUBLIC_URL", "http://sessions.example.com", "must begin with https://"],
    ["LATCHKEY_PUBLIC_URL", "https://sessions.example.com/api", "no path"],
    ["LATCHKEY_PUBLIC_URL", "https://u:p@sessions.example.com", "no path, query or user"],
    ["LATCHKEY_DATABASE_URL", "mysql://u:p@host/db", "postgres://"],
    ["LATCHKEY_DATABASE_URL", "postgres://user:p#ss@host/db", "%-codes"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@host", "names no database"],
    ["LATCHKEY_DATABASE_URL", "postgres:///db", "names no host"],
    // Each of these would reach another machine in the clear, or as the next version of pg pleases.
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@host/db", "sslmode=verify-full.*sslmode=disable"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@host/db?sslmode=", "sslmode=verify-full"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@host/db?sslmode=verify-ful", "that there is not"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@host/db?ssl=true", "sslmode=verify-full"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@localhost/db?host=10.0.0.1", "no sslmode"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@localhost.example.com/db", "no sslmode"],
    ["LATCHKEY_DATABASE_URL", "sqlite:", "sqlite:/path/to/file"],
    ["LATCHKEY_DATABASE_URL", "sqlite:///var/x.db", "sqlite:/path/to/file"],
    ["LATCHKEY_DATABASE_URL", "sqlite::memory:", "loses every session"],
    ["LATCHKEY_MASTER_KEY", "short", "at least 32"],
    ["LATCHKEY_MASTER_KEY", "a".repeat(64), "not random"],
    ["LATCHKEY_MASTER_KEY", "correct".repeat(8), "not random"],
    ["LATCHKEY_SMTP_URL", "mail.example.com", "smtp://"],
    ["LATCHKEY_SMTP_URL", "smtp://", "no URL|names no host"],
    ["LATCHKEY_SMTP_URL", "smtp://user:p/ss@host:587", "%-codes"],
    ["LATCHKEY_MAIL_FROM", "Example", "sign-in@example.com"],
    ["LATCHKEY_MAIL_FROM", "Example <sign-in@example.com", "sign-in@example.com"],
    ["LATCHKEY_MAIL_FROM", "a@example.com\r\nBcc: b@example.com", "sign-in@example.com"],
    ["LATCHKEY_TRUSTED_PROXIES", "the load balancer", "10.0.0.0/8"],
    ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.256", "10.0.0.0/8"],
    ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/33", "10.0.0.0/8"],
    ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8/8", "10.0.0.0/8"],
    ["LATCHKEY_TRUSTED_PROXIES", "2001:db8::/129", "10.0.0.0/8"],
    ["LATCHKEY_TRUSTED_PROXIES", "0.0.0.0/0", "everyone"],
    ["LATCHKEY_TRUSTED_PROXIES", "::/0", "everyone"],
    ["LATCHKEY_ACCESS_TOKEN_TTL", "0", "1 to 86400"],
    ["LATCHKEY_ACCESS_TOKEN_TTL", "1h", "1 to 86400"],
    ["LATCHKEY_REFRESH_GRACE", "601", "0 to 600"],
    ["LATCHKEY_LOG_LEVEL", "verbose", "debug, info, warn or error"],
    ["LATCHKEY_METRICS_TOKEN", "short", "at least 16"],
    ["LATCHKEY_CNAME_ZONE", "*.cname.example.com", "such as cname.example.com"],
    ["LATCHKEY_CNAME_ZONE", "https://cname.example.com", "such as cname.example.com"],
    ["LATCHKEY_CNAME_ZONE", "localhost", "such as cname.example.com"],
    ["LATCHKEY_CNAME_ZONE", "192.0.2.1", "such as cname.example.com"],
    ["LATCHKEY_CNAME_ZONE", `${"a.".repeat(100)}example.com`, "too long"],
    ["LATCHKEY_DNS_SERVERS", "dns.example.com", "such as 9.9.9.9"],
    ["LATCHKEY_DNS_SERVERS", "9.9.9.9:0", "such as 9.9.9.9"],
    ["LATCHKEY_DNS_SERVERS", "9.9.9.999", "such as 9.9.9.9"],
    ["LATCHKEY_DNS_SERVERS", "[2620:fe::fe]:99999", "such as 9.9.9.9"],
    ["LATCHKEY_DNS_SERVERS", "[9.9.9.9]:53", "such as 9.9.9.9"],
    ["LATCHKEY_ACME_DIRECTORY", "acme-v02.api.letsencrypt.org", "https address"],
    ["LATCHKEY_ACME_DIRECTORY", "http://ca.example/directory", "https address"],
  ])("%s=%s", (name, value, words) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(words))]);
    expect(problems[0]).toMatch(new RegExp(`^${name} `));
  });

  test.each([
    ["PORT", "0"],
    ["LATCHKEY_PUBLIC_URL", "https://sessions.example.com:8443/"],
    ["LATCHKEY_DATABASE_URL", "postgresql://u:p%40ss@[::1]/db?sslmode=require"],
    ["LATCHKEY_DATABASE_URL", "postgres:///db?host=/var/run/postgresql"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@%2Fvar%2Frun%2Fpostgresql/db"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@LOCALHOST:5432/db"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@127.0.0.1/db"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@[::1]:5432/db"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@host/db?sslmode=disable"],
    ["LATCHKEY_DATABASE_URL", "postgres://u:p@host/db?sslmode=verify-full&sslrootcert=/ca.pem"],
    ["LATCHKEY_DATABASE_URL", "sqlite:relative/file.db"],
    ["LATCHKEY_DATABASE_URL", "sqlite:/var/lib/latchkey/latchkey.db"],
    ["LATCHKEY_SMTP_URL", "smtps://user:p%40ss@mail.example.com:465"],
    ["LATCHKEY_MAIL_FROM", "sign-in@example.com"],
    ["LATCHKEY_MAIL_FROM", "Zoë’s Café <sign-in@example.com>"],
    ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1,2001:db8::/32,::1"],
    ["LATCHKEY_ACCESS_TOKEN_TTL", "86400"],
    ["LATCHKEY_REFRESH_GRACE", "0"],
    ["LATCHKEY_CNAME_ZONE", "CNAME.example.com."],
    ["LATCHKEY_DNS_SERVERS", "9.9.9.9, 127.0.0.1:5353, 2620:fe::fe, [2620:fe::fe]:53,"],
    ["LATCHKEY_ACME_DIRECTORY", "https://localhost:14000/dir"],
  ])("%s=%s is taken", (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([]);
  });
});

test("no problem shows the value of a secret", () => {
  const secrets = Object.values<Variable>(variables).filter(({ secret }) => secret);
  expect(secrets.map(({ name }) => name)).toEqual([
    "LATCHKEY_DATABASE_URL",
    "LATCHKEY_MASTER_KEY",
    "LATCHKEY_SMTP_URL",
    "LATCHKEY_CERTIFICATES_TOKEN",
    "LATCHKEY_ACME_EAB_HMAC_KEY",
    "LATCHKEY_METRICS_TOKEN",
  ]);
  fc.assert(
    fc.property(
      fc.constantFrom(...secrets),
      fc.constantFrom("", "postgres://", "smtp://", "sqlite:", "https://"),
      fc.stringMatching(/^[A-Za-z0-9@:/#?%]{6,20}Zq7$/),
      ({ name }, scheme, text) => {
        for (const problem of problemsOf({ [name]: scheme + text })) {
          expect(problem).not.toContain(text.slice(-6));
        }
      },
    ),
  );
});

test("a misspelled variable is found", () => {
  expect(
    unknownVariables({ ...GOOD, LATCHKEY_TRUSTED_PROXY: "10.0.0.1", PATH: "/bin", PORT: "1" }),
  ).toEqual(["LATCHKEY_TRUSTED_PROXY"]);
});

test("an operator's command takes the sessions' defaults from where the server does", () => {
  expect(readSessionConfig({})).toEqual({ accessTokenTtl: null, refreshWindow: 120 });
  const env = { LATCHKEY_ACCESS_TOKEN_TTL: "60", LATCHKEY_REFRESH_GRACE: "0" };
  expect(readSessionConfig(env)).toEqual({ accessTokenTtl: 60, refreshWindow: 0 });
  for (const values of [{}, env]) {
    expect(readConfig("production", { ...GOOD, ...values })).toMatchObject(
      readSessionConfig(values),
    );
  }
});
