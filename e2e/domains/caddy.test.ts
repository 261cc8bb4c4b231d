/** Caddy in front: it gets its certificates from the server, by the file that the guide shows. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { latchkeyCommand, type ServerProcess, serverProcess } from "../support/server-process.ts";
import { type Caddy, hasCaddy, startCaddy } from "./caddy.ts";
import { eventualHandshake, handshake } from "./handshake.ts";
import { hasPebble, startTestCa, type TestCa } from "./test-ca.ts";
import { startTestDns, type TestDns } from "./test-dns.ts";

const HOST = "sessions.example.test";

describe.skipIf(!hasPebble || !hasCaddy)("Caddy in front", () => {
  let folder: string;
  let dns: TestDns;
  let ca: TestCa;
  let server: ServerProcess;
  let caddy: Caddy;
  let handoverPort: number;
  let httpPort: number;
  let httpsPort: number;
  const token = randomBytes(24).toString("hex");

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-caddy-"));
    [handoverPort, httpPort, httpsPort] = [await freePort(), await freePort(), await freePort()];
    dns = await startTestDns();
    dns.set({ type: "A", name: HOST, data: "127.0.0.1", ttl: 1 });
    ca = await startTestCa({ dns: dns.address, httpPort });
    const env = {
      LATCHKEY_DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`,
      LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
      LATCHKEY_PUBLIC_URL: `https://${HOST}`,
      LATCHKEY_SMTP_URL: "smtp://localhost:9",
      LATCHKEY_MAIL_FROM: "sign-in@example.com",
      LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
      LATCHKEY_CERTIFICATES_PORT: String(handoverPort),
      LATCHKEY_CERTIFICATES_TOKEN: token,
      LATCHKEY_ACME_DIRECTORY: ca.directoryUrl,
      LATCHKEY_ACME_CA_FILE: ca.caFile,
    };
    server = await serverProcess({ env, command: latchkeyCommand("start") });
    await server.start();
    const ports = { app: server.url, handover: handoverPort, http: httpPort, https: httpsPort };
    caddy = startCaddy(ports, token);
    await eventually(() => plain("/healthz"));
  });
  afterAll(async () => {
    caddy?.stop();
    await server?.end();
    await ca?.stop();
    await dns?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function plain(path: string): Promise<{ status: number; location: string | undefined }> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: httpPort, path, headers: { host: HOST } };
      const sent = plainRequest(options, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0, location: answer.headers.location });
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  test("it passes the CA's question on, and answers handshakes with what was issued", async () => {
    await eventualHandshake({ servername: HOST, port: httpsPort, ca: await ca.root() });
  });

  test("requests reach the server with the address of the client, over HTTP/1.1 and HTTP/2", async () => {
    const trusted = await ca.root();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { host: "127.0.0.1", port: httpsPort, servername: HOST, ca: trusted };
      const sent = request({ ...options, path: "/readyz", headers: { host: HOST } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on("error", reject);
      sent.end();
    });
    expect(status).toBe(200);
    const session = connectHttp2(`https://${HOST}:${httpsPort}`, {
      ca: trusted,
      servername: HOST,
      host: "127.0.0.1",
      lookup: (_name, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const answered = await new Promise<unknown>((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request({ ":path": "/healthz", ":authority": HOST });
      stream.on("response", (headers) => resolve(headers[":status"]));
      stream.end();
    });
    session.close();
    expect(answered).toBe(200);
  });

  test("plain requests are sent to https", async () => {
    expect(await plain("/login?a=b")).toEqual({
      status: 308,
      location: `https://${HOST}/login?a=b`,
    });
  });

  test("a name that is not ours fails the handshake", async () => {
    const trusted = await ca.root();
    await expect(
      handshake({ servername: "other.example.test", port: httpsPort, ca: trusted }),
    ).rejects.toThrow();
  });

  test("private keys are handed to whoever has the token, and to nobody else", async () => {
    const url = `http://127.0.0.1:${handoverPort}/certificates?server_name=${HOST}`;
    const asked = (password: string) =>
      fetch(url, { headers: { authorization: `Basic ${btoa(`caddy:${password}`)}` } });
    expect((await fetch(url)).status).toBe(401);
    expect((await asked("wrong")).status).toBe(401);
    const given = await asked(token);
    expect(given.status).toBe(200);
    expect(await given.text()).toMatch(/BEGIN CERTIFICATE[\s\S]*BEGIN (EC )?PRIVATE KEY/);
  });
});
