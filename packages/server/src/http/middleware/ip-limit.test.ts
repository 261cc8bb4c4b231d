import { afterEach, expect, test } from "vitest";
import { basic, openPage, send } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
afterEach(() => server.close());

const open = async (limitByIp: boolean, now?: () => number) => {
  server = await openTestServer({
    app: { guestAuth: true },
    settings: { limitByIp },
    ...(now && { now }),
  });
};

/** Statuses of `count` calls from one address, each about a different person. */
async function ask(ip: string, count: number, from = 0): Promise<number[]> {
  const page = openPage(server, { ip });
  const statuses: number[] = [];
  for (let at = from; at < from + count; at++) {
    const { status } = await page.post("/passwordless/init", { email: `p${at}@example.com` });
    statuses.push(status);
  }
  return statuses;
}

const all = (statuses: readonly number[], status: number) =>
  statuses.every((each) => each === status);

test("one network asks for 60 codes in ten minutes, then is told when to come again", async () => {
  let clock = Date.now();
  await open(true, () => clock);
  expect(all(await ask("203.0.113.7", 60), 200)).toBe(true);
  const page = openPage(server, { ip: "203.0.113.7" });
  const refused = await page.post("/passwordless/init", { email: "more@example.com" });
  expect([refused.status, refused.code]).toEqual([429, "too_many_requests"]);
  expect(refused.headers.get("retry-after")).toBe("600");
  expect(refused.text).toContain("this network");
  expect(await ask("203.0.113.8", 1, 100)).toEqual([200]);
  clock += 600_001;
  expect(await ask("203.0.113.7", 1, 200)).toEqual([200]);
});

test("the addresses of one IPv6 customer are one network", async () => {
  await open(true);
  expect(all(await ask("2001:db8:1:2::1", 30), 200)).toBe(true);
  expect(all(await ask("2001:db8:1:2:ffff:ffff:ffff:ffff", 30, 30), 200)).toBe(true);
  expect(await ask("2001:0db8:0001:0002::9", 1, 60)).toEqual([429]);
  expect(await ask("2001:db8:1:3::1", 1, 61)).toEqual([200]);
});

test("guests and typed codes are bounded too", async () => {
  await open(true);
  const page = openPage(server, { ip: "203.0.113.7" });
  const guests: number[] = [];
  for (let count = 0; count < 61; count++) {
    const guest_credential = String(count).padStart(43, "g");
    guests.push((await page.post("/guest/authenticate", { guest_credential })).status);
  }
  expect([all(guests.slice(0, 60), 200), guests[60]]).toEqual([true, 429]);
  const codes: number[] = [];
  for (let count = 0; count < 121; count++) {
    const body = { email: `p${count}@example.com`, code: "000000" };
    codes.push((await page.post("/passwordless/authenticate", body)).status);
  }
  expect([all(codes.slice(0, 120), 422), codes[120]]).toEqual([true, 429]);
});

test("refreshing and calls with the app's secret are bounded by no address", async () => {
  await open(true);
  const page = openPage(server, { ip: "203.0.113.7" });
  const { refresh_token } = await page.signIn("ada@example.com");
  const headers = basic(server.app.id, server.secret);
  for (let count = 0; count < 150; count++) {
    expect((await page.post("/sessions", { refresh_token })).status).toBe(200);
    const users = await send(server.fetch, "/v1/users", { headers, ip: "203.0.113.7" });
    expect(users.status).toBe(200);
  }
});

test("in development no address is bounded", async () => {
  await open(false);
  expect(all(await ask("127.0.0.1", 70), 200)).toBe(true);
});
