import type { lookup } from "node:dns";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "svix";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AdminClient, openAdminClient } from "../http/admin/testing/admin-client.ts";
import { httpExchange } from "../node/http-exchange.ts";
import { guardedFetch, type OutboundOptions } from "../outbound/guarded-fetch.ts";
import { signInRequest } from "../storage/testing/samples.ts";
import { type WebhookWorker, webhookWorker } from "./worker.ts";

type Resolved = (error: Error | null, addresses: { address: string; family: number }[]) => void;

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

let client: AdminClient;
let receiver: Server;
let url: string;
let received: Received[];
/** What the receiver answers, in turn; then 204. */
let answers: { readonly status: number; readonly body?: string; readonly location?: string }[];
let clock: number;
let outcomes: string[];

beforeEach(async () => {
  [received, answers, outcomes, clock] = [[], [], [], Date.now()];
  receiver = createServer(async (request, response) => {
    received.push({
      headers: request.headers as Record<string, string>,
      body: await textOf(request),
    });
    const { status, body = "", location } = answers.shift() ?? { status: 204 };
    response.writeHead(status, location ? { location } : {}).end(body);
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
  client = await openAdminClient({
    settings: { allowPrivateAddresses: true },
    now: () => clock,
  });
});
afterEach(async () => {
  receiver.close();
  await client.server.close();
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

function workerOf(
  options: Partial<OutboundOptions> & { readonly resolve?: typeof lookup } = {},
): WebhookWorker {
  const { services } = client.server;
  return webhookWorker({
    store: services.store.webhooks,
    master: services.master,
    fetch: guardedFetch(httpExchange(options.resolve), {
      allowPrivate: true,
      maxBytes: 1024,
      tooLarge: "cut",
      timeoutMs: 15_000,
      ...options,
    }),
    now: () => clock,
    random: () => 0.5,
    log: services.log,
    metrics: { webhook: (outcome) => outcomes.push(outcome), webhookQueueAge() {} },
  });
}

/** One round: everything that is due is tried once. */
async function work(worker = workerOf()): Promise<void> {
  await worker.work();
  await worker.stop();
}

const app = () => `/apps/${client.server.app.id}`;

async function endpoint(events: string[] = ["user.created"], to = url) {
  const { body } = await client.call("editor", "POST", `${app()}/webhooks`, { url: to, events });
  return { path: `${app()}/webhooks/${body.webhook.id}`, secret: body.secret as string };
}

const signIn = () =>
  client.server.services.store.sessions.signIn(signInRequest(client.server.app.id));

const log = async (path: string) =>
  (await client.call("viewer", "GET", `${path}/deliveries`)).body.items;

const at = (index: number): Received => {
  const found = received.at(index);
  if (found) return found;
  throw new TypeError("Nothing was received.");
};

describe("a webhook", () => {
  test("verifies with the unmodified svix package, which knows nothing of us", async () => {
    const { secret } = await endpoint([]);
    await signIn();
    await work();
    expect(received).toHaveLength(3);
    for (const { headers, body } of received) {
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
      const svixOnly = Object.fromEntries(
        Object.entries(headers).filter(([name]) => name.startsWith("svix-")),
      );
      expect(() => new Webhook(secret).verify(body, svixOnly)).not.toThrow();
      expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    }
    const types = received.map(({ body }) => JSON.parse(body).type).sort();
    expect(types).toEqual(["session.created", "user.authenticated", "user.created"]);
    expect(JSON.parse(at(0).body)).toHaveProperty("created_at");
  });

  test("is signed by the old and the new secret for a day after a rotation, then by the new", async () => {
    const { path, secret } = await endpoint();
    const { body: rotated } = await client.call("editor", "POST", `${path}/secret`, {});
    expect(rotated.secret).not.toBe(secret);
    await signIn();
    await work();
    const { headers, body } = at(0);
    expect(headers["svix-signature"]?.split(" ")).toHaveLength(2);
    for (const each of [secret, rotated.secret]) {
      expect(() => new Webhook(each).verify(body, headers)).not.toThrow();
    }
    clock += 24 * 3_600_000 + 1;
    await signIn();
    await work();
    expect(at(1).headers["webhook-signature"]?.split(" ")).toHaveLength(1);
  });

  test("is tried again after a failure, signed anew under the same id, until it is taken", async () => {
    const { path, secret } = await endpoint();
    answers = [{ status: 500, body: "database is down" }];
    await signIn();
    await work();
    await work();
    expect(received).toHaveLength(1);
    const [waiting] = await log(path);
    expect(waiting).toMatchObject({ state: "pending", tries: 1, lastStatus: 500 });
    expect(waiting.nextAttemptAt - clock).toBe(5000);
    clock += 5000;
    await work();
    expect(received).toHaveLength(2);
    expect(at(1).headers["svix-id"]).toBe(at(0).headers["svix-id"]);
    expect(at(1).headers["svix-timestamp"]).not.toBe(at(0).headers["svix-timestamp"]);
    expect(at(1).body).toBe(at(0).body);
    expect(() => new Webhook(secret).verify(at(1).body, at(1).headers)).not.toThrow();
    const { body: one } = await client.call("viewer", "GET", `${path}/deliveries/${waiting.id}`);
    expect(one).toMatchObject({ state: "delivered", nextAttemptAt: null, body: at(0).body });
    expect(one.attempts).toMatchObject([
      { status: 500, answer: "database is down" },
      { status: 204 },
    ]);
    expect(outcomes).toEqual(["retry", "delivered"]);
  });

  test("is given up after the whole schedule, a little over a day, and sent again on demand", async () => {
    const { path } = await endpoint();
    answers = Array(8).fill({ status: 503 });
    await signIn();
    const started = clock;
    for (let tries = 0; tries < 8; tries++) {
      await work();
      const [{ nextAttemptAt }] = await log(path);
      if (nextAttemptAt !== null) clock = nextAttemptAt;
    }
    expect((clock - started) / 3_600_000).toBeCloseTo(27.6, 1);
    const [failed] = await log(path);
    expect(failed).toMatchObject({ state: "failed", tries: 8, nextAttemptAt: null });
    expect(outcomes.at(-1)).toBe("failed");
    const again = await client.call("editor", "POST", `${path}/deliveries/${failed.id}/resend`);
    expect(again.body).toMatchObject({ state: "pending", tries: 0 });
    await work();
    expect((await log(path))[0].state).toBe("delivered");
  });

  test("follows no redirect, and its receiver's 410 turns the endpoint off", async () => {
    const { path } = await endpoint();
    answers = [{ status: 302, location: "https://elsewhere.example/" }, { status: 410 }];
    await signIn();
    await work();
    const [waiting] = await log(path);
    const { body } = await client.call("viewer", "GET", `${path}/deliveries/${waiting.id}`);
    expect(body.attempts).toMatchObject([{ status: 302, error: "Redirects are not followed." }]);
    clock += 10_000;
    await work();
    expect(received).toHaveLength(2);
    const { body: off } = await client.call("viewer", "GET", path);
    expect(off).toMatchObject({ enabled: false, disabledReason: "gone" });
    const refused = await client.call("editor", "POST", `${path}/test`);
    expect(refused).toMatchObject({ status: 409, body: { code: "webhook_disabled" } });
  });

  test("keeps a little of a large answer, whatever bytes it is of", async () => {
    const { path } = await endpoint();
    answers = [{ status: 200, body: `\0${"x".repeat(1_000_000)}` }];
    await signIn();
    await work();
    const [{ id, state }] = await log(path);
    expect(state).toBe("delivered");
    const { body } = await client.call("viewer", "GET", `${path}/deliveries/${id}`);
    expect(body.attempts[0].answer).toMatch(/^\uFFFDx{999}$/);
  });

  test("goes to no address inside the deployment's network, judged where it connects (SSRF)", async () => {
    const { path } = await endpoint(["user.created"], "https://hooks.example.com/");
    await signIn();
    // The name led elsewhere when it was typed in: what counts is where it leads now.
    const resolve = ((_host: string, _options: object, done: Resolved) =>
      done(null, [{ address: "127.0.0.1", family: 4 }])) as unknown as typeof lookup;
    await work(workerOf({ allowPrivate: false, resolve }));
    expect(received).toEqual([]);
    const [{ id, state }] = await log(path);
    expect(state).toBe("pending");
    const { body } = await client.call("viewer", "GET", `${path}/deliveries/${id}`);
    expect(body.attempts[0]).toMatchObject({ status: null, answer: null });
    expect(body.attempts[0].error).toMatch(/inside this server's own network/);
  });

  test("that gets no answer in time counts as failed, and its server learns no more", async () => {
    receiver.removeAllListeners("request");
    receiver.on("request", () => undefined);
    const { path } = await endpoint();
    await signIn();
    await work(workerOf({ timeoutMs: 50 }));
    const [{ id, state }] = await log(path);
    expect(state).toBe("pending");
    const { body } = await client.call("viewer", "GET", `${path}/deliveries/${id}`);
    expect(body.attempts[0]).toMatchObject({ status: null, answer: null });
    expect(body.attempts[0].error).toMatch(/did not answer in time/);
    receiver.closeAllConnections();
  });

  test("that cannot be signed is no attempt: the endpoint is not to blame", async () => {
    const { path } = await endpoint();
    const { services } = client.server;
    const id = path.split("/").at(-1) ?? "";
    await services.store.webhooks.replaceSecret(id, "not sealed by this key", 0);
    await signIn();
    await work();
    expect((await log(path))[0]).toMatchObject({ state: "pending", tries: 0 });
    expect(outcomes).toEqual([]);
  });
});

describe("an endpoint", () => {
  const create = (to: string, on = client) =>
    on.call("editor", "POST", `/apps/${on.server.app.id}/webhooks`, { url: to });

  test("is refused beside the field where it is no public https address, in production", async () => {
    const production = await openAdminClient();
    for (const to of [
      "http://hooks.example.com/",
      "https://127.0.0.1/",
      "https://[::1]/",
      "https://10.1.2.3/",
      "https://169.254.169.254/latest/meta-data",
      "https://localhost/",
      "https://user:password@hooks.example.com/",
      "ftp://hooks.example.com/",
      "not an address",
    ]) {
      const { status, body } = await create(to, production);
      expect([to, status]).toEqual([to, 400]);
      expect(body.fields.url).toMatch(/^The address /);
    }
    await production.server.close();
  });

  test("shows its secret once: sealed at rest, in no later answer, and not in the audit log", async () => {
    const { path, secret } = await endpoint();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { services } = client.server;
    const id = path.split("/").at(-1) ?? "";
    const stored = await services.store.webhooks.findEndpoint(client.server.app.id, id);
    const everything = JSON.stringify([
      stored,
      (await client.call("owner", "GET", path)).body,
      (await client.call("owner", "GET", `${app()}/webhooks`)).body,
      (await client.call("owner", "GET", "/audit-log")).body,
    ]);
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(secret.slice(6));
  });

  test("of another app is none: no app reads, changes or sends what is another's (ASVS 8.2.2)", async () => {
    const { path } = await endpoint();
    await signIn();
    const id = path.split("/").at(-1);
    const foreign = `/apps/${(await client.server.addApp()).id}/webhooks/${id}`;
    for (const [method, rest, body] of [
      ["GET", ""],
      ["PATCH", "", { version: 1 }],
      ["DELETE", ""],
      ["POST", "/secret", {}],
      ["POST", "/test"],
      ["GET", "/deliveries"],
    ] as const) {
      const answer = await client.call("owner", method, `${foreign}${rest}`, body);
      expect([method, rest, answer.status]).toEqual([method, rest, 404]);
    }
  });

  test("is one of at most twenty", async () => {
    for (let count = 0; count < 20; count++) expect((await create(url)).status).toBe(200);
    expect(await create(url)).toMatchObject({ status: 409, body: { code: "too_many_webhooks" } });
  });
});

test("a hundred events wait for no round of the clock", async () => {
  await endpoint();
  const users = Array.from({ length: 100 }, signIn);
  await Promise.all(users);
  const worker = workerOf();
  await worker.work();
  await expect.poll(() => received.length, { timeout: 5000 }).toBe(100);
  await worker.stop();
  expect(new Set(received.map(({ headers }) => headers["svix-id"])).size).toBe(100);
});

test("several servers send each event once", async () => {
  await endpoint();
  await Promise.all(Array.from({ length: 20 }, signIn));
  const workers = [workerOf(), workerOf(), workerOf()];
  await Promise.all(workers.map((worker) => worker.work()));
  await expect.poll(() => received.length, { timeout: 5000 }).toBe(20);
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(new Set(received.map(({ headers }) => headers["svix-id"])).size).toBe(20);
  expect(received).toHaveLength(20);
});

test("a server that stops finishes what is on its way, and begins nothing more", async () => {
  const { path } = await endpoint();
  await signIn();
  const worker = workerOf();
  await worker.work();
  await worker.stop();
  expect((await log(path))[0]).toMatchObject({ state: "delivered" });
  clock += 1000;
  await signIn();
  await worker.work();
  expect(received).toHaveLength(1);
  expect((await log(path))[0]).toMatchObject({ state: "pending", tries: 0 });
});
