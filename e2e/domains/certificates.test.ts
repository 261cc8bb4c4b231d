/** The server's own certificates, from a real ACME CA (RFC 8555), over its own TLS listener. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import {
  latchkey,
  latchkeyCommand,
  type ServerProcess,
  serverProcess,
} from "../support/server-process.ts";
import { type ChallengeEntry, startChallengeEntry } from "./challenge-entry.ts";
import { eventualHandshake, handshake } from "./handshake.ts";
import { hasPebble, startTestCa, type TestCa } from "./test-ca.ts";
import { startTestDns, type TestDns } from "./test-dns.ts";

const HOST = "sessions.example.test";

describe.skipIf(!hasPebble)("a deployment's own certificate", () => {
  let folder: string;
  let dns: TestDns;
  let entry: ChallengeEntry;
  let ca: TestCa;
  let server: ServerProcess;
  let env: Record<string, string>;
  let tlsPort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-certificates-"));
    dns = await startTestDns();
    entry = await startChallengeEntry();
    ca = await startTestCa({ dns: dns.address, httpPort: entry.port });
    tlsPort = await freePort();
    env = {
      LATCHKEY_DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`,
      LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
      LATCHKEY_PUBLIC_URL: `https://${HOST}`,
      LATCHKEY_SMTP_URL: "smtp://localhost:9",
      LATCHKEY_MAIL_FROM: "sign-in@example.com",
      LATCHKEY_TLS_PORT: String(tlsPort),
      LATCHKEY_ACME_DIRECTORY: ca.directoryUrl,
      LATCHKEY_ACME_CA_FILE: ca.caFile,
      LATCHKEY_ACME_EMAIL: "operator@example.com",
    };
    server = await serverProcess({ env, command: latchkeyCommand("start") });
    entry.target = server.url;
    await server.start();
  });
  afterAll(async () => {
    await server?.end();
    await ca?.stop();
    await entry?.stop();
    await dns?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is not issued without a DNS record, and the command line says why and when it is tried again", async () => {
    await expect
      .poll(() => latchkey(env, ["certificates", "list"]), { timeout: 40_000 })
      .toMatch(/failed/);
    const listed = await latchkey(env, ["certificates", "list"]);
    expect(listed).toContain(HOST);
    expect(listed).toMatch(/no usable DNS record|could not connect/);
    expect(listed).toMatch(/tried again/);
    await expect(
      handshake({ servername: HOST, port: tlsPort, ca: await ca.root() }),
    ).rejects.toThrow();
  });

  test("is issued by HTTP-01 once there is one, and trusted by whoever trusts the CA", async () => {
    dns.set({ type: "A", name: HOST, data: "127.0.0.1", ttl: 1 });
    await latchkey(env, ["certificates", "renew", HOST]);
    const root = await ca.root();
    await eventualHandshake({ servername: HOST, port: tlsPort, ca: root });
    expect(entry.asked.length).toBeGreaterThan(0);
    expect(await latchkey(env, ["certificates", "list"])).toMatch(/live/);
  });

  test("is renewed when it is due, and taken up without a restart", async () => {
    const wanted = { servername: HOST, port: tlsPort, ca: await ca.root() };
    const before = await eventualHandshake(wanted);
    await latchkey(env, ["certificates", "renew", HOST]);
    await expect.poll(() => handshake(wanted), { timeout: 40_000 }).not.toBe(before);
  });

  test("is the only one: a name that is not ours, and no name at all, fail the handshake", async () => {
    const root = await ca.root();
    for (const servername of ["other.example.test", "example.test", ""]) {
      await expect(handshake({ servername, port: tlsPort, ca: root })).rejects.toThrow();
    }
    // Whatever a stranger asks for, the server goes on.
    await handshake({ servername: HOST, port: tlsPort, ca: root });
  });

  test("makes the plain port send navigations to https, and refuse everything else", async () => {
    const navigation = await plain("GET", "/login?request=a%20b");
    expect([navigation.status, navigation.location]).toEqual([
      308,
      `https://${HOST}/login?request=a%20b`,
    ]);
    expect((await plain("POST", "/api/v1/sessions")).status).toBe(403);
    expect((await plain("GET", "/.well-known/acme-challenge/unknown")).status).toBe(404);
    expect((await plain("GET", "/healthz")).status).toBe(200);
  });

  function plain(
    method: string,
    path: string,
  ): Promise<{ status: number; location: string | undefined }> {
    return new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      const sent = request(
        { host: "127.0.0.1", port, method, path, headers: { host: HOST } },
        (answer) => {
          answer.resume();
          resolve({ status: answer.statusCode ?? 0, location: answer.headers.location });
        },
      );
      sent.on("error", reject);
      sent.end();
    });
  }
});
