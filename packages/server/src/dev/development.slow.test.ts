import { existsSync, readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  endAll,
  type Folder,
  latchkey,
  makeFolder,
  type Running,
  serveLatchkey,
} from "../cli/testing/latchkey.ts";
import { openWebPage } from "../cli/testing/web-page.ts";

const ORIGIN = "http://localhost:5173";

let folder: Folder;
let server: Running;
let credentials: Record<string, string>;

beforeAll(async () => {
  folder = makeFolder();
  server = await serveLatchkey(["dev"], {}, folder.path);
  credentials = await json("/dev/credentials");
});
afterAll(() => {
  endAll();
  folder.remove();
});

const json = async (path: string, headers: Record<string, string> = {}) =>
  (await fetch(`${server.url}${path}`, { headers })).json();
const data = (...names: string[]) => join(folder.path, ".latchkey", ...names);

/** With a Host of its own, which fetch does not allow. */
function askAs(host: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { port } = new URL(server.url);
    const asked = request({ port, host: "127.0.0.1", path, headers: { ...headers, host } });
    asked.once("error", reject);
    asked.once("response", (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.end();
  });
}

test("latchkey dev runs with nothing configured, and says where everything is", async () => {
  for (const line of ["Demo page", "Mail inbox", "Credentials", "Ctrl+C"]) {
    expect(server.output()).toContain(line);
  }
  expect(await json("/healthz")).toEqual({ status: "ok" });
  expect(await json("/readyz")).toMatchObject({ status: "ok" });
  expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
});

test("its folder is its owner's alone and never committed", () => {
  expect(statSync(data()).mode & 0o777).toBe(0o700);
  expect(statSync(data("master.key")).mode & 0o777).toBe(0o600);
  expect(statSync(data("latchkey.db")).mode & 0o777).toBe(0o600);
  expect(readFileSync(data(".gitignore"), "utf8")).toBe("*\n");
});

test("its app signs in from any page of this machine, with the code of the inbox", async () => {
  expect(Object.keys(credentials).sort()).toEqual(
    expect.arrayContaining(["api_key", "app_id", "app_secret", "client_id"]),
  );
  const codeFor = async (email: string) => (await json(`/dev/mail?to=${email}`))[0].code;
  for (const origin of [ORIGIN, "http://127.0.0.1:3000", "http://[::1]:8080"]) {
    const page = openWebPage(server.url, credentials.app_id ?? "", origin);
    const { user } = await page.signIn("ada@example.com", codeFor);
    expect(user.linked_accounts).toMatchObject([{ address: "ada@example.com" }]);
  }
  const elsewhere = openWebPage(server.url, credentials.app_id ?? "", "https://evil.example");
  const refused = await elsewhere.post("/passwordless/init", { email: "ada@example.com" });
  expect([refused.status, refused.body.code]).toEqual([403, "invalid_origin"]);
});

test("the inbox is JSON for scripts, newest first, and a page for people", async () => {
  const page = openWebPage(server.url, credentials.app_id ?? "", ORIGIN);
  for (const email of ["grace@example.com", "grace@example.com", "<b>@example.com"]) {
    await page.post("/passwordless/init", { email });
  }
  const mails = await json("/dev/mail?to=Grace@Example.com");
  expect(mails).toHaveLength(2);
  expect(mails[0]).toEqual({
    to: "grace@example.com",
    subject: "Your Latchkey demo code",
    text: expect.stringContaining(mails[0].code),
    code: expect.stringMatching(/^\d{6}$/),
    sent_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(mails[0].sent_at >= mails[1].sent_at).toBe(true);
  const response = await fetch(`${server.url}/dev/mail`, { headers: { accept: "text/html" } });
  expect(response.headers.get("content-type")).toContain("text/html");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
  const html = await response.text();
  expect(html).toContain(mails[0].code);
  expect(html).not.toContain("<script");
});

test("limits per address hold as in production, limits per network do not", async () => {
  const page = openWebPage(server.url, credentials.app_id ?? "", ORIGIN);
  const statuses: number[] = [];
  for (let count = 0; count < 6; count++) {
    const email = "often@example.com";
    statuses.push((await page.post("/passwordless/init", { email })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  for (let count = 0; count < 70; count++) {
    const answer = await page.post("/passwordless/init", { email: `p${count}@example.com` });
    expect(answer.status).toBe(200);
  }
});

describe("nothing but this machine reaches it", () => {
  test("a name that was pointed here is refused: no DNS rebinding", async () => {
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "0.0.0.0"]) {
      const { status, body } = await askAs(host, "/dev/credentials");
      expect([status, JSON.parse(body).code]).toEqual([421, "misdirected_request"]);
    }
    for (const host of ["localhost:80", "127.0.0.1", "[::1]:4400", "app.localhost"]) {
      expect((await askAs(host, "/healthz")).status).toBe(200);
    }
  });

  test("a proxy's or another site's call gets no credentials and no mail", async () => {
    for (const headers of [
      { "x-forwarded-for": "203.0.113.7" },
      { forwarded: "for=203.0.113.7" },
      { "sec-fetch-site": "cross-site" },
    ]) {
      for (const path of ["/dev/credentials", "/dev/mail"]) {
        const { status, body } = await askAs("localhost", path, headers);
        expect([status, JSON.parse(body).code]).toEqual([403, "forbidden"]);
      }
    }
    const credentials = await fetch(`${server.url}/dev/credentials`, {
      headers: { origin: ORIGIN },
    });
    expect(credentials.headers.get("access-control-allow-origin")).toBeNull();
    expect(credentials.headers.get("cache-control")).toBe("no-store");
  });

  test("no other address of the machine listens", async () => {
    const { port } = new URL(server.url);
    const addresses = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of addresses) {
      await expect(fetch(`http://${address}:${port}/healthz`)).rejects.toThrow();
    }
  });
});

test("a path leads to no file outside the demo", async () => {
  for (const path of [
    "/demo/../../../package.json",
    "/demo/%2e%2e/%2e%2e/package.json",
    "/demo/..%2f..%2fpackage.json",
    "/demo/assets/..\\..\\package.json",
    "/demo/.env",
    "/demo//etc/passwd",
  ]) {
    const { status } = await askAs("localhost", path);
    expect([400, 404]).toContain(status);
  }
});

test("started again it has the same app, secrets and users; the operator's commands work on it", async () => {
  const before = await json("/dev/credentials");
  const listed = await latchkey(["apps", "list"], {}, folder.path);
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining(before.app_id)]);
  expect(listed.stderr).toContain("Working on the development database in");
  server.kill("SIGINT");
  const { code, stdout } = await server.finished;
  expect([code, stdout]).toEqual([0, expect.stringContaining("Stopping")]);
  server = await serveLatchkey(["dev"], {}, folder.path);
  // The port may be another one.
  expect(await json("/dev/credentials")).toEqual({
    ...before,
    impersonate_url: expect.any(String),
  });
  expect(existsSync(data("latchkey.db"))).toBe(true);
});

test("a second one on its port says so", async () => {
  const { port } = new URL(server.url);
  const { code, stderr } = await latchkey(["dev"], { PORT: port }, folder.path);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${port} is taken`)]);
});
