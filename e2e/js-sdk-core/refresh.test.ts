/** Session rules R3 to R5 as the vendor's client lives through them. */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { openUnreliableNetwork, type UnreliableNetwork } from "../support/unreliable-network.ts";
import {
  apiError,
  copyStorage,
  newClient,
  newStorage,
  refreshBySelf,
  signIn,
  tokens,
} from "./client.ts";

const REFRESH = "POST /api/v1/sessions";
const AFTER_WINDOW = 2100;

let server: DevServer;
let network: UnreliableNetwork;
/** Refreshes move at every call: the window is closed. */
let strict: string;
/** The window is two seconds: longer than what happens at the same time, and one retry. */
let brief: string;

beforeAll(async () => {
  // The client refreshes 30 s before a token expires, so with 3 s every call does.
  server = await startDevServer({ accessTokenTtl: 3 });
  network = await openUnreliableNetwork(server.url);
  strict = (await server.createApp({ refreshWindow: 0 })).id;
  brief = (await server.createApp({ refreshWindow: 2 })).id;
});
afterAll(async () => {
  await network.close();
  await server.stop();
});

const open = (storage = newStorage(), appId = server.credentials.app_id) =>
  newClient({ baseUrl: network.url, appId, storage });

test("an access token that ran out is renewed, again and again", async () => {
  const storage = newStorage();
  const client = open(storage, strict);
  const { user } = await signIn(client, server);
  const seen = new Set([tokens(storage).refresh]);
  for (let count = 1; count <= 5; count += 1) {
    const token = await client.getAccessToken();
    expect(token).toBe(tokens(storage).access);
    seen.add(tokens(storage).refresh);
  }
  expect(seen.size).toBe(6);
  await wait(3100);
  const same = await client.user.get();
  expect(same.user.id).toBe(user.id);
});

describe("at the same time", () => {
  test("eight calls of one client refresh once", async () => {
    const storage = newStorage();
    const client = open(storage);
    await signIn(client, server);
    const before = network.requests.filter((call) => call === REFRESH).length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.getAccessToken()));
    expect(new Set(answers)).toEqual(new Set([tokens(storage).access]));
    expect(network.requests.filter((call) => call === REFRESH)).toHaveLength(before + 1);
  });

  test("two tabs refresh over and over, and both stay signed in", async () => {
    const storage = newStorage();
    const first = open(storage, brief);
    const second = open(storage, brief);
    const { user } = await signIn(first, server);
    const { refresh } = tokens(storage);
    for (let round = 0; round < 16; round += 1) {
      const answers = await Promise.all([
        first.getAccessToken(),
        second.getAccessToken(),
        first.user.get(),
        second.user.get(),
      ]);
      expect(answers).toMatchObject([
        expect.any(String),
        expect.any(String),
        { user: { id: user.id } },
        { user: { id: user.id } },
      ]);
      await wait(150);
    }
    expect(tokens(storage).refresh).not.toBe(refresh);
  });

  test("eight tabs that wake with the same old token all stay signed in", async () => {
    const storage = newStorage();
    await signIn(open(storage, brief), server);
    await wait(AFTER_WINDOW);
    const tabs = Array.from({ length: 8 }, () => {
      const own = copyStorage(storage);
      return { own, client: open(own, brief) };
    });
    await Promise.all(tabs.map(({ client }) => client.user.get()));
    expect(new Set(tabs.map(({ own }) => tokens(own).refresh)).size).toBe(1);
    await Promise.all(tabs.map(({ client }) => client.user.get()));
  });
});

describe("an answer that never arrives", () => {
  test("to a refresh: the client repeats it and stays signed in", async () => {
    const storage = newStorage();
    const client = open(storage, brief);
    await signIn(client, server);
    await wait(AFTER_WINDOW);
    network.interfere({ on: REFRESH, what: "lose_answer", times: 1 });
    const before = network.requests.filter((call) => call === REFRESH).length;
    const token = await client.getAccessToken();
    expect(token).toBe(tokens(storage).access);
    expect(network.requests.filter((call) => call === REFRESH)).toHaveLength(before + 2);
    await expect(client.user.get()).resolves.toBeTruthy();
  });

  test("before the browser is closed for the night: it is still signed in (R4)", async () => {
    const storage = newStorage();
    await signIn(open(storage, brief), server);
    const lost = copyStorage(storage);
    await wait(AFTER_WINDOW);
    await open(lost, brief).user.get();
    expect(tokens(lost).refresh).not.toBe(tokens(storage).refresh);
    await wait(AFTER_WINDOW);
    const morning = open(storage, brief);
    await expect(morning.user.get()).resolves.toBeTruthy();
    await wait(AFTER_WINDOW);
    await expect(morning.user.get()).resolves.toBeTruthy();
  });

  test("to a sign-in: the repeat does not spend a second code", async () => {
    const storage = newStorage();
    const client = open(storage);
    network.interfere({
      on: "POST /api/v1/passwordless/authenticate",
      what: "lose_request",
      times: 1,
    });
    const { is_new_user } = await signIn(client, server);
    expect(is_new_user).toBe(true);
  });
});

describe("a token that was copied", () => {
  test("is caught when both holders go on, and the session ends for both (R4)", async () => {
    const storage = newStorage();
    await signIn(open(storage, strict), server);
    const stolen = copyStorage(storage);
    const owner = open(storage, strict);
    const thief = open(stolen, strict);
    await owner.user.get();
    // Forgiven once: an answer may have been lost.
    await thief.user.get();
    await owner.user.get();
    await expect(
      (async () => {
        for (let round = 0; round < 3; round += 1) {
          await thief.user.get();
          await owner.user.get();
        }
      })(),
    ).rejects.toMatchObject(apiError("missing_or_invalid_token"));
    for (const held of [storage, stolen]) {
      const { refresh } = tokens(held);
      if (refresh === undefined) continue;
      await expect(refreshBySelf(server, strict, refresh)).resolves.toMatchObject({
        status: 401,
        code: "missing_or_invalid_token",
        cause: "reuse",
      });
    }
  });

  test("ends the session at once where the app forgives nothing", async () => {
    const { id } = await server.createApp({ refreshWindow: 0, lateReplay: "off" });
    const storage = newStorage();
    const owner = open(storage, id);
    await signIn(owner, server);
    const stolen = copyStorage(storage);
    await owner.user.get();
    await expect(open(stolen, id).user.get()).rejects.toMatchObject(
      apiError("missing_or_invalid_token"),
    );
    expect(tokens(stolen)).toEqual({});
    await expect(owner.user.get()).rejects.toMatchObject(apiError("missing_or_invalid_token"));
    expect(tokens(storage)).toEqual({});
  });
});

describe.concurrent("never signs the user out (R5):", () => {
  test.each([
    ["429", { status: 429, body: '{"error":"slow down","code":"too_many_requests"}' }],
    ["401 of another kind", { status: 401, body: '{"error":"no","code":"unauthorized"}' }],
    ["403 of a firewall, in HTML", { status: 403, body: "<html>blocked</html>" }],
    ["409", { status: 409, body: '{"error":"conflict"}' }],
    ["500", { status: 500, body: '{"error":"broken"}' }],
    ["502 of a load balancer, in HTML", { status: 502, body: "<html>Bad Gateway</html>" }],
    ["503", { status: 503, body: '{"error":"later","code":"unavailable"}' }],
    ["200 with a page of a hotel's network", { status: 200, body: "<html>Log in</html>" }],
    ["no answer at all", "lose_request"],
    ["answers that are all lost", "lose_answer"],
  ] as const)("%s", async (_name, what) => {
    const bad = await openUnreliableNetwork(server.url);
    const storage = newStorage();
    const client = newClient({ baseUrl: bad.url, appId: server.credentials.app_id, storage });
    const { user } = await signIn(client, server);
    const before = tokens(storage);
    // The client repeats most of them three times by itself, and gives up then.
    bad.interfere({ on: REFRESH, what, times: Number.POSITIVE_INFINITY });
    await expect(client.getAccessToken()).rejects.toThrow();
    expect(tokens(storage)).toEqual(before);
    bad.calm();
    const same = await client.user.get();
    expect(same.user.id).toBe(user.id);
    await bad.close();
  });
});

test("a restart of the server, clean or not, signs nobody out", async () => {
  const storage = newStorage();
  const client = open(storage);
  const { user } = await signIn(client, server);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const code = await server.kill(signal);
    expect(code).toBe(signal === "SIGTERM" ? 0 : null);
    // Repeated while the server is away, and given up if that takes long.
    const meanwhile = client.user.get().catch(() => undefined);
    await wait(300);
    await server.start();
    await meanwhile;
    await expect(client.user.get()).resolves.toMatchObject({ user: { id: user.id } });
  }
});

test("a loop that refreshes without end is slowed down, and its session is kept", async () => {
  const storage = newStorage();
  const client = open(storage);
  const { user } = await signIn(client, server);
  const { app_id } = server.credentials;
  const { refresh = "" } = tokens(storage);
  let slowedDown = false;
  for (let round = 0; round < 100 && !slowedDown; round += 1) {
    const burst = Array.from({ length: 50 }, () => refreshBySelf(server, app_id, refresh));
    slowedDown = (await Promise.all(burst)).some(({ status }) => status === 429);
  }
  expect(slowedDown).toBe(true);
  const before = tokens(storage);
  const hasty = Promise.allSettled(Array.from({ length: 100 }, () => open(storage).user.get()));
  expect(await hasty).toContainEqual({
    status: "rejected",
    reason: expect.objectContaining(apiError("too_many_requests")),
  });
  expect(tokens(storage).refresh).toBe(before.refresh);
  await wait(1000);
  const same = await client.user.get();
  expect(same.user.id).toBe(user.id);
});

test("a session of one app is refused by another app and stays what it was", async () => {
  const storage = newStorage();
  await signIn(open(storage, brief), server);
  const { refresh = "" } = tokens(storage);
  await expect(refreshBySelf(server, strict, refresh)).resolves.toMatchObject({
    status: 403,
    code: "client_mismatch",
  });
  await expect(open(storage, brief).user.get()).resolves.toBeTruthy();
});

test("a token that was altered is refused and ends no session", async () => {
  const storage = newStorage();
  await signIn(open(storage, strict), server);
  const { refresh = "" } = tokens(storage);
  // In its first half is the id of a key: an unknown one is answered with 503, by design.
  for (let at = Math.ceil(refresh.length / 2); at < refresh.length; at += 5) {
    const other = refresh[at] === "A" ? "B" : "A";
    const altered = `${refresh.slice(0, at)}${other}${refresh.slice(at + 1)}`;
    const { status, token } = await refreshBySelf(server, strict, altered);
    expect({ status, token }).toEqual({ status: 401, token: undefined });
  }
  await expect(open(storage, strict).user.get()).resolves.toBeTruthy();
});
