import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openMasterKey } from "../keys/master-key.ts";
import { newApp } from "../storage/testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "../storage/testing/store-world.ts";
import { type Certificates, type CertificatesInput, openCertificates } from "./certificates.ts";
import { certificateSource } from "./serving.ts";
import { type FakeAuthority, fakeAuthority, refusal } from "./testing/fake-authority.ts";

const HOST = "sessions.example.com";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const master = openMasterKey("a master key of more than 32 characters");

let world: StoreWorld;
let ca: FakeAuthority;
let measured: Parameters<CertificatesInput["metrics"]["certificates"]>[0];
let failures: string[];
let logged: { readonly fields: object; readonly message: string }[];

beforeEach(async () => {
  world = await openStoreWorld(":memory:");
  ca = fakeAuthority(world.now);
  logged = [];
  failures = [];
});
afterEach(() => world.close());

function instance(changes: Partial<CertificatesInput> = {}): Certificates {
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  let ids = 0;
  return openCertificates({
    store: world.store.certificates,
    limits: world.store.limits,
    master,
    authority: ca,
    checkCaa: async () => ({ kind: "allowed", detail: "" }),
    methodFor: async () => "http-01",
    answersDns: false,
    ownHosts: [HOST],
    metrics: {
      certificates(states) {
        measured = states;
      },
      certificateFailure: (code) => void failures.push(code),
    },
    log: { debug: note, info: note, warn: note, error: note },
    wait: (ms) => world.advance(ms),
    random: () => 0.5,
    now: world.now,
    newId: () => `${Math.random()}-${++ids}`,
    ...changes,
  });
}

const find = async () => {
  const found = await world.store.certificates.find(HOST);
  if (!found) throw new Error("there is no certificate");
  return found;
};
const newOrders = () => ca.calls.filter((call) => call === "newOrder").length;
const inMinutes = async () => (((await find()).retryAt ?? 0) - world.now()) / MINUTE;

describe("a certificate", () => {
  test("goes from none to live: challenge stored before the CA is told, key sealed at rest", async () => {
    let answered: string | null = null;
    ca.validate = async (hostname, token, value) => {
      answered = await world.store.certificates.httpChallenge(hostname, token);
      return answered === value;
    };
    await instance().work();
    expect(answered).toMatch(/^token-1\./);
    const certificate = await find();
    expect(certificate).toMatchObject({ state: "live", failures: 0, errorCode: null });
    const stored = await world.store.certificates.served(HOST, [HOST]);
    expect(JSON.stringify(stored)).not.toContain('"key ');
    const source = certificateSource({ store: world.store.certificates, master, ownHosts: [HOST] });
    expect(await source.get(HOST)).toMatchObject({
      chain: certificate.chain,
      keyPem: expect.stringMatching(/^key \d$/),
    });
    expect(await world.store.certificates.httpChallenge(HOST, "token-1")).toBeNull();
  });

  test("is measured: how many of each state, when the first expires, what failed", async () => {
    ca.validate = async () => false;
    await instance().work();
    expect(measured).toEqual([{ state: "failed", count: 1, soonestExpiryMs: null }]);
    expect(failures).toHaveLength(1);
    ca.validate = async () => true;
    await world.advance(DAY);
    await instance().work();
    const { notAfterAt } = await find();
    expect(measured).toEqual([
      { state: "live", count: 1, soonestExpiryMs: (notAfterAt ?? 0) - world.now() },
    ]);
  });

  test("is left alone until its time, then renewed while it is served on", async () => {
    const certificates = instance();
    await certificates.work();
    const { renewAt, chain } = await find();
    await certificates.work();
    expect(newOrders()).toBe(1);
    await world.advance((renewAt ?? 0) - world.now() + 1);
    let during: string | undefined;
    ca.validate = async () => {
      during = (await find()).state;
      expect((await find()).chain).toBe(chain);
      return true;
    };
    await certificates.work();
    expect(during).toBe("renewing");
    expect((await find()).chain).not.toBe(chain);
    expect(newOrders()).toBe(2);
  });

  test("of six days is renewed in time as well", async () => {
    ca.lifetimeMs = 160 * HOUR;
    await instance().work();
    const { renewAt, notAfterAt } = await find();
    expect((notAfterAt ?? 0) - (renewAt ?? 0)).toBeGreaterThan(70 * HOUR);
    expect((renewAt ?? 0) - world.now()).toBeGreaterThan(60 * HOUR);
  });

  test("is renewed when the CA suggests, and says what it replaces (RFC 9773 sections 4 and 5)", async () => {
    const certificates = instance();
    await certificates.work();
    const start = world.now();
    ca.renewal = { startAt: start + DAY, endAt: start + 2 * DAY, retryAfterMs: HOUR };
    await world.advance(2 * MINUTE);
    await certificates.work();
    const { renewAt, ariCheckAt } = await find();
    expect(renewAt).toBe(start + 1.5 * DAY);
    expect(ariCheckAt).toBe(world.now() + HOUR);
    // The same window again draws no other time.
    await world.advance(HOUR + 1);
    await instance({ random: () => 0 }).work();
    expect((await find()).renewAt).toBe(renewAt);
    await world.advance(1.5 * DAY);
    await certificates.work();
    expect(ca.replaced).toEqual([null, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"]);
  });

  test("is renewed without the mention when the CA says that it was replaced already", async () => {
    const certificates = instance();
    await certificates.work();
    ca.renewal = { startAt: world.now() - DAY, endAt: world.now() - HOUR, retryAfterMs: null };
    await world.advance(2 * MINUTE);
    await certificates.work();
    ca.failNext = { call: "newOrder", error: refusal("alreadyReplaced", "replaced") };
    await certificates.work();
    expect(ca.replaced.at(-1)).toBeNull();
    expect((await find()).state).toBe("live");
  });

  test("keeps its own time where the CA offers no renewal information, or none that can be read", async () => {
    const certificates = instance();
    await certificates.work();
    const { renewAt } = await find();
    await world.advance(2 * MINUTE);
    ca.failNext = { call: "renewalInfo", error: refusal("serverInternal", "oops") };
    await certificates.work();
    expect((await find()).ariCheckAt).not.toBeNull();
    await world.advance(7 * HOUR);
    await certificates.work();
    expect(await find()).toMatchObject({ renewAt, ariCheckAt: null, state: "live" });
  });
});

describe("a domain whose challenge is delegated before its CNAME leads here", () => {
  const LABEL = "k3x9";
  const host = "privy.example.org";
  const byDns = {
    answersDns: true,
    ownHosts: [],
    methodFor: async () => "dns-01" as const,
  } as const;

  async function wait(status: "ok" | "bad", approval: "not_needed" | "pending" = "not_needed") {
    const { domains } = world.store;
    const app = await newApp(world.store);
    const claim = await domains.claim(
      {
        ...{ id: "domain", appId: app, domain: "example.org", sessionHost: host },
        ...{ targetLabel: LABEL, ownershipToken: "token", approval, approvalReason: null },
      },
      { type: "claimed", data: null },
    );
    if (claim.kind !== "claimed") throw new Error(claim.kind);
    const record = { type: "CNAME", name: `_acme-challenge.${host}`, value: "", status };
    await domains.update(claim.domain, { report: JSON.stringify({ records: [record] }) }, null);
  }
  const state = async () => (await world.store.certificates.find(host))?.state;

  test("gets its certificate by DNS, the record being there before the CA is told", async () => {
    await wait("ok");
    let shown: string[] = [];
    ca.validate = async () => {
      shown = await world.store.certificates.dnsChallenges(LABEL);
      return true;
    };
    await instance(byDns).work();
    expect(await state()).toBe("live");
    expect(shown).toEqual(["token-1.thumbprint"]);
    expect(await world.store.certificates.served(host, [])).not.toBeNull();
  });

  test("is asked for by no other proof, and not while an operator has to decide", async () => {
    await wait("ok", "pending");
    await instance(byDns).work();
    expect(await state()).toBeUndefined();
    expect(newOrders()).toBe(0);
  });

  test("waits where the record is gone by now, or nobody answers for it", async () => {
    await wait("ok");
    await instance({ ...byDns, methodFor: async () => "http-01" }).work();
    await instance({ ...byDns, answersDns: false }).work();
    expect(newOrders()).toBe(0);
  });

  test("waits while the record leads elsewhere", async () => {
    await wait("bad");
    await instance(byDns).work();
    expect(newOrders()).toBe(0);
  });
});

describe("a certificate that is refused", () => {
  test("by CAA is never asked for: the CA hears nothing, and it is looked at again", async () => {
    const detail = 'issue "other.example"';
    await instance({ checkCaa: async () => ({ kind: "forbidden", detail }) }).work();
    expect(newOrders()).toBe(0);
    expect(await find()).toMatchObject({ state: "failed", errorCode: "caa", errorDetail: detail });
    expect(await inMinutes()).toBeCloseTo(5.5, 1);
  });

  test("by name servers that do not answer waits: that is no verdict (RFC 8659 section 3)", async () => {
    await instance({ checkCaa: async () => ({ kind: "undecided", detail: "timeout" }) }).work();
    expect(newOrders()).toBe(0);
    expect(await find()).toMatchObject({ errorCode: "caa_unanswered", failures: 0 });
  });

  test.each([
    ["dns", "dns"],
    ["connection", "connection"],
    ["unauthorized", "unauthorized"],
    ["incorrectResponse", "unauthorized"],
    ["caa", "caa"],
    ["rejectedIdentifier", "rejected"],
    ["somethingNew", "ca_refused"],
  ])(
    "by the CA for %s has the code %s, the CA's words, and a time to retry",
    async (type, code) => {
      ca.problem = { type, detail: "the CA's words", retryAfterMs: null };
      await instance().work();
      expect(await find()).toMatchObject({
        state: "failed",
        errorCode: code,
        errorDetail: "the CA's words",
        failures: 1,
      });
      expect(await inMinutes()).toBeGreaterThanOrEqual(15);
      expect(logged.at(-1)?.message).toContain("the CA's words");
    },
  );

  test("again and again waits twice as long each time, up to half a day, and tells the CA four times an hour at most", async () => {
    ca.problem = { type: "dns", detail: "", retryAfterMs: null };
    const certificates = instance();
    const times: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      await certificates.work();
      times.push(world.now());
      await world.advance((await inMinutes()) * MINUTE);
    }
    const waits = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / MINUTE);
    expect(waits.map(Math.round)).toEqual([17, 33, 66, 132, 264, 528, 792, 792]);
    for (const at of times) {
      expect(times.filter((other) => other >= at && other < at + HOUR).length).toBeLessThan(5);
    }
  });

  test("for its rate waits as long as the CA says (RFC 8555 section 6.6)", async () => {
    ca.failNext = { call: "newOrder", error: refusal("rateLimited", "too many", 7200) };
    await instance().work();
    expect(await find()).toMatchObject({ errorCode: "rate_limited", state: "failed" });
    expect(await inMinutes()).toBeGreaterThanOrEqual(120);
  });

  test("at renewal is served on, and the next success forgets the failures", async () => {
    const certificates = instance();
    await certificates.work();
    const { chain } = await find();
    await world.store.certificates.requestRenewal(HOST);
    ca.problem = { type: "dns", detail: "", retryAfterMs: null };
    await certificates.work();
    expect(await find()).toMatchObject({ state: "failed", chain });
    ca.problem = null;
    await world.advance(HOUR);
    await certificates.work();
    expect(await find()).toMatchObject({ state: "live", failures: 0, errorCode: null });
  });

  test("and asked for by hand over and over stays below the CA's limits", async () => {
    const certificates = instance();
    await certificates.work();
    for (let attempt = 0; attempt < 12; attempt++) {
      await world.store.certificates.requestRenewal(HOST);
      await certificates.work();
      await world.advance(20 * MINUTE);
    }
    expect(newOrders()).toBe(5);
    expect((await find()).errorCode).toBe("own_limit");
  });
});

describe("an order", () => {
  const stopped = (call: string) => {
    const away = new Error("the process was stopped");
    ca.beforeCall = async (each) => {
      if (each === call) throw away;
    };
  };

  test.each(["newOrder", "authorization", "accept", "finalize", "download"])(
    "whose holder ends at %s is resumed by another instance, and there is no second one",
    async (call) => {
      stopped(call);
      await instance().work();
      expect((await find()).state).not.toBe("live");
      ca.beforeCall = async () => undefined;
      const other = instance();
      await other.work();
      // The lease still holds.
      expect((await find()).state).not.toBe("live");
      await world.advance(31_000);
      await other.work();
      expect((await find()).state).toBe("live");
      expect(newOrders()).toBe(call === "newOrder" ? 2 : 1);
    },
  );

  test("that was taken over while its holder slept is left alone by it", async () => {
    const other = instance();
    let taken = false;
    ca.beforeCall = async (call) => {
      if (call !== "accept" || taken) return;
      taken = true;
      await world.advance(31_000);
      await other.work();
      expect((await find()).state).toBe("live");
    };
    await instance().work();
    expect(await find()).toMatchObject({ state: "live", failures: 0 });
    expect(newOrders()).toBe(1);
    expect(ca.calls.filter((call) => call === "finalize")).toHaveLength(1);
  });

  test("of a server that is stopped goes to another one at once", async () => {
    const first = instance();
    ca.validate = async () => {
      first.stop();
      return true;
    };
    await first.work();
    expect((await find()).state).not.toBe("live");
    await instance().work();
    expect((await find()).state).toBe("live");
    expect(newOrders()).toBe(1);
  });

  test("waits for a CA that cannot be reached, without a failure", async () => {
    const away = refusal("serverInternal", "down for maintenance");
    ca.failNext = { call: "authorization", error: away };
    const certificates = instance();
    await certificates.work();
    expect(await find()).toMatchObject({ state: "issuing", failures: 0 });
    await world.advance(MINUTE);
    await certificates.work();
    expect((await find()).state).toBe("live");
    expect(newOrders()).toBe(1);
  });

  test("waits for a CA that takes its time", async () => {
    ca.looks = 100;
    const certificates = instance();
    await certificates.work();
    expect(await find()).toMatchObject({ errorCode: "ca_slow", failures: 0 });
    await world.advance(MINUTE);
    await certificates.work();
    await world.advance(MINUTE);
    await certificates.work();
    expect((await find()).state).toBe("live");
    expect(newOrders()).toBe(1);
  });

  test("at a CA that has lost its memory begins anew, with the account made again", async () => {
    ca.failNext = { call: "accept", error: refusal("serverInternal", "going down") };
    const certificates = instance();
    await certificates.work();
    ca.forgetAccounts();
    ca.forgetOrders();
    await world.advance(MINUTE);
    await certificates.work();
    expect(await find()).toMatchObject({ errorCode: "order_lost" });
    await world.advance(MINUTE);
    await certificates.work();
    expect((await find()).state).toBe("live");
    expect(ca.calls.filter((call) => call === "register")).toHaveLength(2);
  });

  test("that brings a certificate for another key is a failure, and nothing of it is served", async () => {
    await instance({ authority: { ...ca, inspect: () => null } }).work();
    expect(await find()).toMatchObject({ errorCode: "wrong_certificate", chain: null });
  });

  test("is not begun twice by two instances that look at the same moment", async () => {
    await Promise.all([instance().work(), instance().work(), instance().work()]);
    expect((await find()).state).toBe("live");
    expect(newOrders()).toBe(1);
  });
});
