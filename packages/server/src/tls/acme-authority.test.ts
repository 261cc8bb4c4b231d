import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Account, CertificateAuthority } from "../certificates/authority.ts";
import { acmeAuthority } from "./acme-authority.ts";
import { acmeTransport } from "./acme-transport.ts";
import { selfSigned } from "./testing/self-signed.ts";

const HOST = "privy.example.com";
type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

let server: Server;
let base: string;
let authority: CertificateAuthority;
let account: Account;
/** What the CA answers at each path; its directory and nonces are always there. */
let answers: Record<string, Answer>;
const bodies: Record<string, unknown>[] = [];

const json = (value: object, status = 200, headers: Record<string, string> = {}): Answer => {
  return (_request, _body, response) =>
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(value));
};
const problem = (type: string, detail: string, status = 400, headers = {}): Answer =>
  json({ type: `urn:ietf:params:acme:error:${type}`, detail }, status, headers);

beforeAll(async () => {
  const { chain, keyPem } = selfSigned("localhost");
  server = createServer({ cert: chain, key: keyPem }, (request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      response.setHeader("replay-nonce", "nonce");
      const answer = answers[request.url ?? ""];
      if (answer === undefined) response.writeHead(404).end();
      else {
        if (body !== "") bodies.push(payloadOf(body));
        answer(request, body, response);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `https://localhost:${(server.address() as AddressInfo).port}`;
  authority = open(chain);
  account = { keyPem: await authority.newKey(), url: `${base}/account/1` };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  bodies.length = 0;
  answers = { "/nonce": json({}), "/dir": json(directory()) };
});

const directory = (more: object = {}) => ({
  newNonce: `${base}/nonce`,
  newAccount: `${base}/new-account`,
  newOrder: `${base}/new-order`,
  ...more,
});

const open = (ca: string | null): CertificateAuthority =>
  acmeAuthority({
    directoryUrl: `${base}/dir`,
    transport: acmeTransport(ca),
    email: "operator@example.com",
    externalAccount: { kid: "kid-1", hmacKey: "c2VjcmV0" },
  });

function payloadOf(body: string): Record<string, unknown> {
  const { payload } = JSON.parse(body) as { payload: string };
  return payload === "" ? {} : JSON.parse(Buffer.from(payload, "base64url").toString());
}

describe("a CA", () => {
  test("is told contact, terms and external account (RFC 8555 section 7.3)", async () => {
    const location = `${base}/account/7`;
    answers["/new-account"] = json({ status: "valid" }, 201, { location });
    expect(await authority.register(account.keyPem)).toBe(location);
    expect(bodies[0]).toMatchObject({
      contact: ["mailto:operator@example.com"],
      termsOfServiceAgreed: true,
      externalAccountBinding: { protected: expect.any(String), signature: expect.any(String) },
    });
  });

  test("is asked for one name, and told what the order replaces (RFC 9773 section 5)", async () => {
    const order = { status: "pending", authorizations: [], finalize: "" };
    answers["/new-order"] = json(order, 201, { location: `${base}/order/1` });
    const made = await authority.newOrder(account, HOST, "aki.serial");
    expect(made).toEqual({ url: `${base}/order/1`, status: "pending", problem: null });
    expect(bodies[0]).toEqual({
      identifiers: [{ type: "dns", value: HOST }],
      replaces: "aki.serial",
    });
  });

  test("that refuses is understood by type, in its own words, with the time it names", async () => {
    answers["/new-order"] = problem("rateLimited", "too many orders", 429, {
      "retry-after": "7200",
    });
    await expect(authority.newOrder(account, HOST, null)).rejects.toMatchObject({
      code: "acme_problem",
      reason: "rateLimited",
      message: "too many orders",
      retryAfter: 7200,
    });
  });

  test.each<[string, Answer, object]>([
    ["an answer 404", (_r, _b, response) => response.writeHead(404).end(), { reason: "notFound" }],
    [
      "a page of a proxy",
      (_r, _b, response) => response.writeHead(502).end("<html>"),
      { reason: "serverInternal" },
    ],
    [
      "too many requests, without words",
      (_r, _b, response) => response.writeHead(429).end(),
      { reason: "rateLimited" },
    ],
    ["a cut connection", (request) => request.socket.destroy(), { code: "acme_unreachable" }],
    [
      "an endless answer",
      (_r, _b, response) => response.end("x".repeat(2_000_000)),
      { code: "acme_unreachable" },
    ],
  ])("that gives %s is no verdict on the name", async (_, answer, error) => {
    answers["/order/1"] = answer;
    await expect(authority.order(account, `${base}/order/1`)).rejects.toMatchObject(error);
  });

  test("whose nonce was refused is asked again with the one it gave (RFC 8555 section 6.5)", async () => {
    let asked = 0;
    answers["/order/1"] = (...args) => {
      const first = asked++ === 0;
      (first ? problem("badNonce", "old") : json({ status: "ready" }))(...args);
    };
    expect((await authority.order(account, `${base}/order/1`)).status).toBe("ready");
  });

  test("is not sent to another address than https, nor trusted without its own CA", async () => {
    await expect(authority.order(account, "http://localhost/order/1")).rejects.toMatchObject({
      code: "acme_unreachable",
    });
    await expect(open(null).order(account, `${base}/order/1`)).rejects.toMatchObject({
      code: "acme_unreachable",
    });
  });

  test("that refused a challenge says why; its other challenges do not matter", async () => {
    const error = { type: "urn:ietf:params:acme:error:dns", detail: "no such name" };
    answers["/order/1"] = json({ status: "invalid", authorizations: [`${base}/authz/1`] });
    answers["/authz/1"] = json({
      status: "invalid",
      challenges: [
        { type: "dns-01", url: "u", token: "t", status: "pending" },
        { type: "http-01", url: "u", token: "t", status: "invalid", error },
      ],
    });
    const order = { url: `${base}/order/1`, status: "pending", problem: null } as const;
    expect(await authority.authorization(account, order, "http-01")).toEqual({
      kind: "refused",
      problem: { type: "dns", detail: "no such name", retryAfterMs: null },
    });
  });

  test("without the kind of challenge that is wanted is seen as such", async () => {
    answers["/order/1"] = json({ status: "pending", authorizations: [`${base}/authz/1`] });
    answers["/authz/1"] = json({
      status: "pending",
      challenges: [{ type: "dns-01", url: "u", token: "t", status: "pending" }],
    });
    const order = { url: `${base}/order/1`, status: "pending", problem: null } as const;
    expect((await authority.authorization(account, order, "http-01")).kind).toBe("impossible");
    expect(await authority.authorization(account, order, "dns-01")).toMatchObject({
      kind: "pending",
      token: "t",
      isAccepted: false,
    });
  });
});

describe("renewal information (RFC 9773 section 4)", () => {
  const suggestedWindow = { start: "2026-01-01T00:00:00Z", end: "2026-01-03T00:00:00Z" };

  test("is read with the time to ask again", async () => {
    answers["/dir"] = json(directory({ renewalInfo: `${base}/ari` }));
    answers["/ari/aki.serial"] = json({ suggestedWindow }, 200, { "retry-after": "21600" });
    expect(await authority.renewalInfo("aki.serial")).toEqual({
      startAt: Date.parse(suggestedWindow.start),
      endAt: Date.parse(suggestedWindow.end),
      retryAfterMs: 21_600_000,
    });
  });

  test("is null where the CA does not offer it", async () => {
    expect(await authority.renewalInfo("aki.serial")).toBeNull();
  });

  test.each([
    ["no answer 200", (() => undefined) as never],
    ["no window", json({})],
    ["a window of no times", json({ suggestedWindow: { start: "soon", end: "later" } })],
  ])("with %s fails, and says nothing about the certificate", async (what, answer) => {
    answers["/dir"] = json(directory({ renewalInfo: `${base}/ari` }));
    if (what !== "no answer 200") answers["/ari/aki.serial"] = answer;
    await expect(authority.renewalInfo("aki.serial")).rejects.toMatchObject({
      code: expect.stringMatching(/^acme_/),
    });
  });
});

test("a certificate counts only for its own name and key", () => {
  const { chain, keyPem } = selfSigned(HOST);
  expect(authority.inspect(chain, HOST, keyPem)).toMatchObject({ der: expect.any(Uint8Array) });
  expect(authority.inspect(chain, "privy.example.org", keyPem)).toBeNull();
  expect(authority.inspect(chain, HOST, selfSigned(HOST).keyPem)).toBeNull();
  expect(authority.inspect("no certificate", HOST, keyPem)).toBeNull();
});
