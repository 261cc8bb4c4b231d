import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import {
  type Env,
  type Folder,
  makeFolder,
  productionEnv,
  readCreatedApp,
} from "./testing/latchkey.ts";
import { runHere } from "./testing/run-here.ts";

let folder: Folder;
let env: Env;
beforeAll(() => {
  folder = makeFolder();
  const LATCHKEY_DATA_DIR = join(folder.path, "dev");
  env = productionEnv(`sqlite:${join(folder.path, "latchkey.db")}`, 9, { LATCHKEY_DATA_DIR });
});
afterAll(() => folder.remove());

/** On the deployment of this test. */
const run = (...args: string[]) => runHere(args, env);
const done = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stderr], stdout).toEqual([0, ""]);
  return stdout;
};
const createApp = async (...args: string[]) => readCreatedApp(await run("apps", "create", ...args));

describe("asking for help", () => {
  test("without a command, or with --help, lists every command on stdout", async () => {
    for (const args of [[], ["--help"], ["help"]]) {
      const help = await done(...args);
      for (const { name, summary } of commands) expect(help).toMatch(lineOf(name, summary));
    }
  });

  test("a command's --help says how to write it, the first word of several lists them", async () => {
    for (const { name, options } of commands) {
      const help = await done(...name.split(" "), "--help");
      expect(help).toContain(`Usage: latchkey ${name} ${options}`.trimEnd());
    }
    const { code, stderr } = await run("apps");
    expect([code, stderr]).toEqual([2, expect.stringContaining("apps test-account")]);
    expect(stderr).not.toContain("keys rotate");
  });

  test("runs nothing on a Node that is too old, and says so", async () => {
    const { code, stdout, stderr } = await runHere(["apps", "list"], env, "20.20.2");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("needs Node.js 22 or newer, and this is 20.20.2");
  });

  test("--version is the version of the package", async () => {
    expect(await done("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  const lineOf = (name: string, summary: string) =>
    new RegExp(`^ {2}${name} +${summary.replaceAll(/[.()[\]]/g, "\\$&")}$`, "m");
});

describe("a command line that is wrong ends with 2, on stderr, with how to write it", () => {
  test.each([
    [["serve"], 'there is no command "serve"'],
    [["apps", "remove", "x"], 'there is no command "apps remove"'],
    [["start", "--port", "80"], "Unknown option '--port'"],
    [["dev", "now"], '"now" is one argument too many'],
    [["migrate", "up"], '"up" is one argument too many'],
    [["apps", "create"], "<name> is missing"],
    [["apps", "create", "My", "app"], '"app" is one argument too many. A value with spaces'],
    [["apps", "create", ""], "1 to 100 characters"],
    [["apps", "create", "a\nb"], "1 to 100 characters"],
    [["apps", "create", "x".repeat(101)], "1 to 100 characters"],
    [["apps", "create", "x", "--origin", "example.com"], '"example.com" is not an origin'],
    [["apps", "create", "x", "--origin"], "--origin"],
    [["apps", "create", "x", "--set", "guests=true"], "one of allowedOrigins"],
    [["apps", "create", "x", "--set", "guestAuth=perhaps"], "guestAuth must be true or false"],
    [["apps", "create", "x", "--set", "sessionLifetime=5"], "sessionLifetime must be at least 60"],
    [["apps", "create", "x", "--set", "logoUrl=logo.png"], "logoUrl must be an http or https"],
    [["apps", "create", "x", "--set", "accentColor=red"], "a colour such as #ff8800"],
    [
      ["apps", "create", "x", "--set", 'customJwt={"jwksUrl":"https://a.example","issuer":"a"}'],
      "customJwt.audience is missing: name the audience",
    ],
    [
      [
        "apps",
        "create",
        "x",
        "--set",
        'customJwt={"jwksUrl":"http://a.example","issuer":"a","audience":null}',
      ],
      "customJwt.jwksUrl must begin with https://",
    ],
    [["clients", "create", "x", "y", "--session-days", "soon"], "sessionLifetime must be"],
    [["apps", "update"], "<id> is missing"],
    [["apps", "test-account"], "<id> is missing"],
    [["clients", "create", "x"], "<name> is missing"],
    [["keys", "retire"], "<kid> is missing"],
    [["users", "disable", "x"], "<user id> is missing"],
    [["users", "disable", "x", "ada@example.com"], "is no user id"],
    [["sessions", "declare-loss", "--days", "0"], "1 to 400"],
    [["sessions", "declare-loss", "--days", "soon"], "1 to 400"],
    [["backup"], "<file> is missing"],
    [["restore"], "<file> is missing"],
  ])("latchkey %j", async (args, words) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^latchkey: /);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("apps", () => {
  test("are made, listed, changed and shown", async () => {
    expect(await done("apps", "list")).toContain("No apps yet");
    const made = await run("apps", "create", "My app", "--set", "guestAuth=true");
    expect(made.stdout).toContain("shown this once");
    expect(made.stdout).toContain("No web page may use this app yet");
    const { id, secret, clientId, apiKey } = readCreatedApp(made);
    expect(id).toMatch(/^c[a-z0-9]{24}$/);
    expect(secret).toMatch(/^lk_secret_[\w-]{43}$/);
    expect(clientId).toMatch(/^client_[a-z0-9]{26}$/);
    expect(apiKey).toMatch(/^sk_[\w-]{43}$/);

    const origins = [
      "--add-origin",
      "https://a.example.com",
      "--add-origin",
      "http://localhost:5173",
    ];
    await done("apps", "update", id, ...origins);
    await done("apps", "update", id, "--remove-origin", "https://a.example.com");
    const shown = JSON.parse(await done("apps", "update", id, "--set", "accentColor=#ff8800"));
    expect(shown).toMatchObject({
      allowedOrigins: ["http://localhost:5173"],
      guestAuth: true,
      accentColor: "#ff8800",
    });
    expect(JSON.parse(await done("apps", "update", id))).toEqual(shown);
    const back = ["--set", "guestAuth=null", "--set", "accentColor=null"];
    expect(JSON.parse(await done("apps", "update", id, ...back))).toMatchObject({
      guestAuth: false,
      accentColor: null,
    });
    const customJwt = {
      jwksUrl: "http://127.0.0.1:3000/jwks.json",
      issuer: "https://login.example.com",
      audience: null,
      userIdClaim: "sub",
    };
    const set = ["--set", `customJwt=${JSON.stringify(customJwt)}`];
    expect(JSON.parse(await done("apps", "update", id, ...set))).toMatchObject({ customJwt });
    expect(await done("apps", "list")).toMatch(
      new RegExp(`${id} +My app +production +http://localhost:5173`),
    );
    const later = await done("apps", "list");
    for (const hidden of [secret, apiKey]) expect(later).not.toContain(hidden);
  });

  test("that are not there are named, with where to look", async () => {
    for (const args of [
      ["apps", "update", "cnone"],
      ["apps", "test-account", "cnone"],
      ["clients", "create", "cnone", "Mobile"],
      ["clients", "list", "cnone"],
    ]) {
      const { code, stderr } = await run(...args);
      expect([code, stderr]).toEqual([
        1,
        "latchkey: No app has the id cnone. latchkey apps list shows them.\n",
      ]);
    }
    const { id } = await createApp("Origins");
    const removed = await run("apps", "update", id, "--remove-origin", "https://b.example.com");
    expect([removed.code, removed.stderr]).toEqual([
      1,
      expect.stringContaining("https://b.example.com is not among the allowed origins"),
    ]);
  });

  test("have a test account, newly made each time, until it is switched off", async () => {
    const { id } = await createApp("Reviewed");
    const first = await done("apps", "test-account", id);
    expect(first).toMatch(/E-mail +test-\d{4}@example\.com\n +Code +\d{6}/);
    expect(await done("apps", "test-account", id)).not.toBe(first);
    expect(await done("apps", "test-account", id, "--off")).toContain("off");
  });

  test("have clients with origins and a session length of their own", async () => {
    const { id } = await createApp("With clients");
    expect(await done("clients", "list", id)).toContain("no clients");
    const origin = ["--origin", "https://m.example.com", "--session-days", "90"];
    const made = await done("clients", "create", id, "Mobile", ...origin);
    const client = /Client id +(\S+)/.exec(made)?.[1] ?? "";
    expect(client).not.toBe("");
    expect(await done("clients", "list", id)).toMatch(
      new RegExp(`${client} +Mobile +https://m\\.example\\.com +90 days`),
    );
  });

  test("have clients without cookies, for native apps, which are changed one by one", async () => {
    const { id } = await createApp("Cookies and a phone");
    const off = ["--cookies", "disabled", "--native-id", "com.example.app"];
    const made = await done("clients", "create", id, "Phone", ...off);
    const client = /Client id +(\S+)/.exec(made)?.[1] ?? "";
    const update = async (...args: string[]) =>
      JSON.parse(await done("clients", "update", id, client, ...args));
    expect(await update("--add-native-id", "com.example.beta", "--session-days", "7")).toEqual({
      allowedOrigins: [],
      sessionLifetime: 7 * 86_400,
      cookies: "disabled",
      nativeAppIds: ["com.example.app", "com.example.beta"],
    });
    await update("--remove-native-id", "com.example.app", "--session-days", "app");
    expect(await update()).toMatchObject({
      sessionLifetime: null,
      nativeAppIds: ["com.example.beta"],
    });
    const unknown = await run("clients", "update", id, client, "--remove-origin", "https://x.test");
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("https://x.test")]);
  });

  test("are warned that cookies without a verified domain are none", async () => {
    const made = await run("apps", "create", "Too early", "--set", "httpOnlyCookies=true");
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining("no verified domain")]);
    const { id } = readCreatedApp(made);
    const shown = await run("apps", "update", id);
    expect(shown.stderr).toContain("Warning: httpOnlyCookies is on and the app has no verified");
    expect(JSON.parse(shown.stdout)).toMatchObject({ httpOnlyCookies: true });
    const client = await run("clients", "create", id, "Web", "--cookies", "enabled");
    expect(client.stderr).toContain("no verified domain");
  });
});

describe("keys", () => {
  test("of a new deployment are listed before anything was signed", async () => {
    const other = makeFolder();
    const fresh = productionEnv(`sqlite:${join(other.path, "fresh.db")}`, 9);
    const { id } = readCreatedApp(await runHere(["apps", "create", "Fresh"], fresh));
    const first = await runHere(["keys", "list"], fresh);
    const rows = first.stdout.split("\n");
    expect(rows.filter((row) => row.includes(id) && row.includes("current"))).toHaveLength(2);
    expect(rows.filter((row) => /^refresh token +\S+ +live/.test(row))).toHaveLength(1);
    expect((await runHere(["keys", "list"], fresh)).stdout).toBe(first.stdout);
    other.remove();
  });

  test("are rotated with overlap, listed with their state, and retired", async () => {
    const { id } = await createApp("Keys");
    expect(await done("keys", "rotate", "--now")).toContain("sign at once");
    // One for each of the two protocols.
    const signing = (await done("keys", "list")).split("\n").filter((line) => line.includes(id));
    expect(signing.map((line) => /current|next|retired/.exec(line)?.[0])).toEqual([
      "current",
      "current",
    ]);
    expect(await done("keys", "rotate", "--now")).toContain("sign at once");
    expect(await done("keys", "rotate")).toContain("Nobody is signed out");
    const list = await done("keys", "list");
    for (const state of ["current", "next", "retired", "live"]) expect(list).toContain(state);
    const kid = /refresh token +(\S+)/.exec(list)?.[1] ?? "";
    expect(await done("keys", "retire", kid)).toContain("Within a minute");
    const again = await run("keys", "retire", kid);
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringContaining(`No live refresh-token key has the kid ${kid}`),
    ]);
    expect(await done("keys", "rotate", "--drop-old")).toContain("withdrawn");
  });
});

describe("users", () => {
  test("that are not there are named", async () => {
    const { id } = await createApp("Users");
    for (const what of ["disable", "enable", "sign-out"]) {
      const { code, stderr } = await run("users", what, id, `did:privy:${"c".repeat(25)}`);
      expect([code, stderr]).toEqual([1, "latchkey: This app has no such user.\n"]);
    }
  });
});

test("the loss of sessions is declared for a number of days", async () => {
  expect(await done("sessions", "declare-loss")).toContain("For 7 days");
  expect(await done("sessions", "declare-loss", "--days", "1")).toContain("For 1 days");
});

test("migrate needs only the database and its key", async () => {
  const { LATCHKEY_DATABASE_URL, LATCHKEY_MASTER_KEY } = env as Record<string, string>;
  const needed = { LATCHKEY_DATABASE_URL, LATCHKEY_MASTER_KEY } as Env;
  const { code, stdout } = await runHere(["migrate"], needed);
  expect([code, stdout]).toEqual([0, "The database's schema is up to date.\n"]);
});

describe("backup and restore", () => {
  test("copy the database into a new file of its owner's, and put it back only on demand", async () => {
    const { id } = await createApp("In the backup");
    const file = join(folder.path, "copy.db");
    expect(await done("backup", file)).toMatch(/^Wrote \d+ bytes to .*copy\.db/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const twice = await run("backup", file);
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining("exists already")]);

    const { id: later } = await createApp("After the backup");
    const careless = await run("restore", file);
    expect([careless.code, careless.stderr]).toEqual([2, expect.stringContaining("--force")]);
    expect(await done("apps", "list")).toContain(later);
    expect(await done("restore", file, "--force")).toContain("declare-loss");
    const list = await done("apps", "list");
    expect([list.includes(id), list.includes(later)]).toEqual([true, false]);
  });

  test("refuse what is no backup, and leave the database as it was", async () => {
    const junk = join(folder.path, "junk.db");
    writeFileSync(junk, "this is no database");
    const before = await done("apps", "list");
    for (const file of [junk, join(folder.path, "missing.db")]) {
      const { code, stderr } = await run("restore", file, "--force");
      expect([code, stderr]).toEqual([1, expect.stringContaining("Nothing was changed")]);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(await done("apps", "list")).toBe(before);
  });

  test("say what to use for PostgreSQL", async () => {
    const postgres = { ...env, LATCHKEY_DATABASE_URL: "postgres://u:p@127.0.0.1:9/x" };
    const file = join(folder.path, "x.db");
    const { code, stderr } = await runHere(["backup", file], postgres);
    expect([code, stderr]).toEqual([2, expect.stringContaining("pg_dump")]);
    expect(existsSync(file)).toBe(false);
  });
});

test("an operator's command makes no database by mistake: it wants to be told which", async () => {
  const LATCHKEY_DATA_DIR = join(folder.path, "nothing-here");
  const { code, stderr } = await runHere(["apps", "list"], { LATCHKEY_DATA_DIR });
  expect([code, stderr]).toEqual([1, expect.stringContaining("LATCHKEY_DATABASE_URL is missing")]);
  expect(existsSync(LATCHKEY_DATA_DIR)).toBe(false);
});
