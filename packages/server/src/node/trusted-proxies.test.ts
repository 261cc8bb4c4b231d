import { afterEach, expect, test } from "vitest";
import { ORIGIN, openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { clientAddress } from "./client-address.ts";
import { type Listener, listen } from "./listen.ts";

let server: TestServer;
let listener: Listener;
/** Every code is for somebody else, so that only the network counts. */
let asked = 0;
afterEach(async () => {
  await listener.close(100);
  await server.close();
});

async function open(trustedProxies: readonly string[]): Promise<void> {
  server = await openTestServer({ settings: { limitByIp: true } });
  listener = await listen(server.fetch, {
    hosts: ["127.0.0.1"],
    port: 0,
    address: clientAddress(trustedProxies),
    plainParts: () => null,
    onError: (error) => {
      throw error;
    },
  });
}

/** Asks for codes, as a load balancer on this machine hands the requests on. */
async function ask(count: number, forwardedFor: (at: number) => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let at = 0; at < count; at++) {
    const url = `http://127.0.0.1:${listener.port}/api/v1/passwordless/init`;
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "privy-app-id": server.app.id,
        "x-forwarded-for": forwardedFor(at),
        origin: ORIGIN,
      },
      body: JSON.stringify({ email: `p${asked++}@example.com` }),
    });
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  return statuses;
}

test("a client that writes X-Forwarded-For itself is one client all the same", async () => {
  await open([]);
  const statuses = await ask(61, (at) => `203.0.113.${at}`);
  expect([statuses[59], statuses[60]]).toEqual([200, 429]);
});

test("behind a trusted proxy every client has limits of its own, and none can choose another's", async () => {
  await open(["127.0.0.1"]);
  expect((await ask(61, (at) => `198.51.100.${at}`)).every((status) => status === 200)).toBe(true);
  const spoofing = await ask(61, (at) => `198.51.100.${at}, 203.0.113.7`);
  expect([spoofing[59], spoofing[60]]).toEqual([200, 429]);
});
