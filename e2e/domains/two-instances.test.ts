/** Certificates of two servers on one PostgreSQL: one order per name, and it outlives its holder. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { freePort } from "../support/free-port.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
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

// A lease runs out, and a CA is asked again, in their own time.
vi.setConfig({ testTimeout: 240_000 });

const HOST = "sessions.example.test";
const NEW_ORDER = "POST /order-plz";

interface Instance {
  readonly server: ServerProcess;
  readonly tlsPort: number;
}

describe.skipIf(!hasPebble)("the certificate of a name that two servers share", () => {
  let postgres: Postgres;
  let dns: TestDns;
  let entry: ChallengeEntry;
  let ca: TestCa;
  let env: Record<string, string>;
  let first: Instance;
  let second: Instance;

  beforeAll(async () => {
    postgres = await startPostgres();
    dns = await startTestDns();
    dns.set({ type: "A", name: HOST, data: "127.0.0.1", ttl: 1 });
    entry = await startChallengeEntry();
    ca = await startTestCa({ dns: dns.address, httpPort: entry.port });
    env = {
      LATCHKEY_DATABASE_URL: postgres.url,
      LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
      LATCHKEY_PUBLIC_URL: `https://${HOST}`,
      LATCHKEY_SMTP_URL: "smtp://localhost:9",
      LATCHKEY_MAIL_FROM: "sign-in@example.com",
      LATCHKEY_ACME_DIRECTORY: ca.directoryUrl,
      LATCHKEY_ACME_CA_FILE: ca.caFile,
    };
    first = await newInstance();
    second = await newInstance();
  });
  afterAll(async () => {
    await first?.server.end();
    await second?.server.end();
    await ca?.stop();
    await entry?.stop();
    await dns?.stop();
    await postgres?.stop();
  });
  beforeEach(() => {
    entry.beforeAnswer = async () => undefined;
  });

  async function newInstance(): Promise<Instance> {
    const tlsPort = await freePort();
    const own = { ...env, LATCHKEY_TLS_PORT: String(tlsPort) };
    const server = await serverProcess({ env: own, command: latchkeyCommand("start") });
    return { server, tlsPort };
  }

  const newOrders = () => ca.requests.filter((each) => each === NEW_ORDER).length;
  const finalizations = () => ca.requests.filter((each) => each.includes("/finalize-order/"));
  const at = async ({ tlsPort }: Instance) => ({
    servername: HOST,
    port: tlsPort,
    ca: await ca.root(),
  });

  test("its order is resumed by the second when the first is frozen in the middle, which then disturbs nothing", async () => {
    // The first has the order by then.
    ca.beforeRequest = async (request) => {
      if (request !== NEW_ORDER) return;
      ca.beforeRequest = async () => undefined;
      await second.server.start();
    };
    let frozen = false;
    entry.beforeAnswer = async () => {
      if (frozen) return;
      frozen = true;
      // The CA is asking: the order is under way, and only the second answers from here on.
      first.server.pause();
      entry.target = second.server.url;
    };
    await first.server.start();
    await expect.poll(() => frozen, { timeout: 40_000 }).toBe(true);
    const serial = await eventualHandshake(await at(second), 90_000);
    expect(newOrders()).toBe(1);
    first.server.resume();
    expect(await eventualHandshake(await at(first))).toBe(serial);
    // What the first still had in hand when it woke has had its time.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(await handshake(await at(second))).toBe(serial);
    expect(newOrders()).toBe(1);
    expect(new Set(finalizations()).size).toBe(1);
    expect(await latchkey(env, ["certificates", "list"])).toMatch(/ live /);
  });

  test("it is renewed once, and both take it up", async () => {
    const before = await handshake(await at(first));
    const orders = newOrders();
    await latchkey(env, ["certificates", "renew", HOST]);
    await expect.poll(async () => handshake(await at(first)), { timeout: 40_000 }).not.toBe(before);
    const serial = await handshake(await at(first));
    await expect.poll(async () => handshake(await at(second)), { timeout: 20_000 }).toBe(serial);
    expect(newOrders()).toBe(orders + 1);
  });

  test("it is served on while the CA dies in the middle of an order, and renewed when that is back without its memory", async () => {
    const before = { ...(await at(first)) };
    const serial = await handshake(before);
    let killed = false;
    entry.beforeAnswer = async () => {
      if (killed) return;
      killed = true;
      await ca.kill();
    };
    await latchkey(env, ["certificates", "renew", HOST]);
    await expect
      .poll(() => latchkey(env, ["certificates", "list"]), { timeout: 100_000 })
      .toMatch(/The CA cannot be reached/);
    expect(await handshake(before)).toBe(serial);
    await ca.start();
    await eventualHandshake(await at(first), 180_000);
    expect(await latchkey(env, ["certificates", "list"])).toMatch(/ live /);
  });
});
