import { unavailable } from "@latchkey/core/errors";
import { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createApp, type FetchHandler } from "../app.ts";
import { openAppDirectory } from "../apps/app-directory.ts";
import { createApp as registerApp } from "../apps/create-app.ts";
import { oneTimeCodes } from "../codes/one-time-codes.ts";
import { openSigningKeys } from "../keys/signing-keys.ts";
import { openTokenKeyRing } from "../keys/token-keys.ts";
import type { Services } from "../services.ts";
import { newEmail, signInRequest, signIn as storeSignIn } from "../storage/testing/samples.ts";
import { declaredLoss } from "./declared-loss.ts";
import { refreshLimiter } from "./refresh-limiter.ts";
import { openTestServices } from "./testing/services.ts";
import { type WatchedStore, watchStore } from "./testing/watched-store.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

const W_MS = 120_000;
let clock = Date.now();
const now = () => clock;

let base: Services;
let watched: WatchedStore;
let appId: string;
const mails: string[] = [];

beforeAll(async () => {
  base = await openTestServices({
    databaseUrl: ":memory:",
    now,
    onMail: ({ code }) => mails.push(code ?? ""),
  });
  const settings = { allowedOrigins: ["https://app.example.com"], guestAuth: true };
  const input = { name: "App", kind: "production", settings } as const;
  ({
    app: { id: appId },
  } = await registerApp(base.store.apps, input));
  watched = watchStore(base.store);
});
afterAll(() => base.store.close());

/** A server that has cached nothing yet, so that every question reaches the store. */
function coldServer(): FetchHandler {
  const { store } = watched;
  return createApp({
    ...base,
    store,
    directory: openAppDirectory(store.apps, store.mailTemplates, now),
    signingKeys: openSigningKeys(store.keys, base.master, now),
    tokenKeys: openTokenKeyRing(store.keys, base.master, now),
    codes: oneTimeCodes(store.codes, store.limits, base.master),
    declaredLoss: declaredLoss(store.keys),
    limiter: refreshLimiter(now),
  });
}

interface Call {
  readonly path: string;
  readonly body?: object;
  readonly bearer?: string;
  readonly idempotencyKey?: string;
}

async function send(server: FetchHandler, call: Call): Promise<Response> {
  const headers: Record<string, string> = {
    "privy-app-id": appId,
    origin: "https://app.example.com",
    ...(call.body && { "content-type": "application/json" }),
    ...(call.bearer && { authorization: `Bearer ${call.bearer}` }),
    ...(call.idempotencyKey && { "idempotency-key": call.idempotencyKey }),
  };
  const request = new Request(`https://sessions.example.com/api/v1${call.path}`, {
    method: call.body ? "POST" : "GET",
    headers,
    ...(call.body && { body: JSON.stringify(call.body) }),
  });
  return server(request, { ip: "192.0.2.1" });
}

const guestCredential = () => crypto.randomUUID().replaceAll("-", "").padEnd(43, "A");

async function signedIn(): Promise<{ refresh_token: string; token: string }> {
  const guest_credential = guestCredential();
  const response = await send(coldServer(), {
    path: "/guest/authenticate",
    body: { guest_credential },
  });
  clock += 3_600_000;
  return (await response.json()) as { refresh_token: string; token: string };
}

async function mailedCode(email: string): Promise<string> {
  clock += 600_000;
  await send(coldServer(), { path: "/passwordless/init", body: { email } });
  await base.outbox.drain();
  return mails.at(-1) ?? "";
}

/** Each begins anew and answers the call to make while the database is failing. */
const flows: Record<string, () => Promise<Call>> = {
  "a refresh that repeats": async () => {
    const { refresh_token } = await signedIn();
    await send(coldServer(), { path: "/sessions", body: { refresh_token } });
    return { path: "/sessions", body: { refresh_token } };
  },
  "a refresh that moves": async () => {
    const { refresh_token } = await signedIn();
    clock += W_MS;
    return { path: "/sessions", body: { refresh_token } };
  },
  "a late replay": async () => {
    const { refresh_token } = await signedIn();
    clock += W_MS;
    await send(coldServer(), { path: "/sessions", body: { refresh_token } });
    clock += W_MS;
    return { path: "/sessions", body: { refresh_token } };
  },
  "the signed-in user": async () => {
    const { refresh_token } = await signedIn();
    clock += W_MS;
    const response = await send(coldServer(), { path: "/sessions", body: { refresh_token } });
    const { token } = (await response.json()) as { token: string };
    return { path: "/users/me", bearer: token };
  },
  "a logout": async () => {
    const { refresh_token } = await signedIn();
    return { path: "/sessions/logout", body: { refresh_token } };
  },
  "a sign-in": async () => {
    const email = newEmail().subject;
    const code = await mailedCode(email);
    const idempotencyKey = crypto.randomUUID();
    return { path: "/passwordless/authenticate", body: { email, code }, idempotencyKey };
  },
};

const failures = {
  "is away": unavailable("database_unavailable", "The database cannot be reached."),
  "fails in an unforeseen way": new Error("something else"),
};

describe("R5 only proof ends a session: no failure of the database is an answer about one", () => {
  const cases = Object.keys(flows).flatMap((flow) =>
    Object.keys(failures).map((failure) => [flow, failure] as const),
  );

  test.each(cases)("%s, when the database %s at any of its calls", async (flow, failure) => {
    const error = failures[failure as keyof typeof failures];
    const arrange = flows[flow] as () => Promise<Call>;
    for (const [lasting, committed] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      let failedCalls = 0;
      for (let at = 0; ; at++) {
        const call = await arrange();
        watched.calls.length = 0;
        watched.fail(at, error, { lasting, committed });
        const response = await send(coldServer(), call);
        const asked = watched.calls.length;
        watched.heal();
        if (asked <= at) {
          expect(response.status).toBe(200);
          break;
        }
        failedCalls += 1;
        const body = (await response.json()) as { code?: string };
        if (response.status !== 200) {
          expect(response.status).toBe(error.message === "something else" ? 500 : 503);
          expect(body.code).not.toBe(TERMINAL_CODE);
        }
        expect(response.headers.getSetCookie()).toEqual([]);
        expect(response.headers.get("cache-control")).toBe("private, no-store");
        // The client repeats, as after any answer that says nothing of its session.
        const again = await send(coldServer(), call);
        expect(again.status, `${flow}, call ${at}`).toBe(200);
      }
      expect(failedCalls).toBeGreaterThan(0);
    }
  });

  test("not even a reuse is announced before it is certain", async () => {
    const { session } = await storeSignIn(base.store, signInRequest(appId));
    const { refresh_token } = await signedIn();
    clock += W_MS;
    await send(coldServer(), { path: "/sessions", body: { refresh_token } });
    const replay = { path: "/sessions", body: { refresh_token } };
    for (const _forgiven of [1, 2]) {
      clock += W_MS;
      watched.fail(3, failures["is away"], { lasting: true });
      expect((await send(coldServer(), replay)).status).toBe(503);
      watched.heal();
      if (_forgiven === 1) expect((await send(coldServer(), replay)).status).toBe(200);
    }
    const certain = await send(coldServer(), replay);
    expect(await certain.json()).toMatchObject({ code: TERMINAL_CODE, cause: "reuse" });
    expect((await base.store.sessions.read(session.id)).session?.endedAt).toBeNull();
  });
});
