import { describe, expect, test } from "vitest";
import { newCuid } from "../../../apps/ids.ts";
import { newRowId } from "../../sql/row-id.ts";
import type { AcmeOrder, IssuedCertificate, NewOrder, Store } from "../../store.ts";
import { DAY, HOUR, inParallel, MINUTE, newApp } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const DIRECTORY = "https://ca.example/directory";
const LEASE = 30_000;
const ALL = 10_000;

function newOrder(hostname: string, changes: Partial<NewOrder> = {}): NewOrder {
  return {
    id: newRowId(),
    hostname,
    directoryUrl: DIRECTORY,
    method: "http-01",
    sealedKey: `sealed ${newRowId()}`,
    leaseHolder: newRowId(),
    leaseMs: LEASE,
    lifetimeMs: DAY,
    ...changes,
  };
}

export function certificateContract(get: () => StoreWorld): void {
  /** A domain in this state, with its certificate's row. */
  async function hostOf(store: Store, state: "active" | "awaiting_dns" = "active") {
    const domain = `${newCuid()}.example`;
    const claim = await store.domains.claim(
      {
        id: newRowId(),
        appId: await newApp(store),
        domain,
        sessionHost: `privy.${domain}`,
        targetLabel: newCuid(),
        ownershipToken: newRowId(),
        approval: "not_needed",
        approvalReason: null,
      },
      { type: "claimed", data: null },
    );
    if (claim.kind !== "claimed") throw new Error(claim.kind);
    const record = await store.domains.update(claim.domain, { state }, null);
    if (!record) throw new Error("the domain changed meanwhile");
    await store.certificates.adopt([], ALL);
    return record;
  }

  async function claimed(store: Store, hostname: string, changes: Partial<NewOrder> = {}) {
    const claim = await store.certificates.claim(newOrder(hostname, changes));
    if (!claim) throw new Error(`${hostname} is not due`);
    return claim.order;
  }

  function issued(changes: Partial<IssuedCertificate> = {}): IssuedCertificate {
    const now = get().now();
    return {
      chain: "PEM",
      notBeforeAt: now - HOUR,
      notAfterAt: now + 90 * DAY,
      renewAt: now + 60 * DAY,
      ari: null,
      ariCheckAt: null,
      ...changes,
    };
  }

  const isDue = async (store: Store, hostname: string, own: readonly string[] = []) =>
    (await store.certificates.due(own, ALL)).includes(hostname);

  describe("certificates", () => {
    test("are wanted for active domains and the deployment's own hosts, once each", async () => {
      const { store, other } = get();
      const own = `${newCuid()}.example`;
      const active = await hostOf(store);
      const waiting = await hostOf(store, "awaiting_dns");
      await Promise.all([store, other].map((each) => each.certificates.adopt([own], ALL)));
      expect(await store.certificates.adopt([own], ALL)).toBe(0);
      expect(await store.certificates.find(active.sessionHost)).toMatchObject({
        state: "none",
        chain: null,
        failures: 0,
      });
      expect(await store.certificates.find(waiting.sessionHost)).toBeNull();
      expect(await isDue(store, active.sessionHost)).toBe(true);
      expect(await isDue(store, own)).toBe(false);
      expect(await isDue(store, own, [own])).toBe(true);
    });

    test("may come before the domain is verified: those whose last check saw the challenge delegated", async () => {
      const { store } = get();
      const [delegated, other, active] = [
        await hostOf(store, "awaiting_dns"),
        await hostOf(store, "awaiting_dns"),
        await hostOf(store),
      ];
      const report = JSON.stringify({ records: [{ name: "_acme-challenge.privy.example" }] });
      await store.domains.update(delegated, { report }, null);
      await store.domains.update(other, { report: "{}" }, null);
      await store.domains.update(active, { report }, null);
      const waiting = await store.certificates.waiting(ALL);
      const names = [delegated, other, active].map(({ sessionHost }) => sessionHost);
      expect(waiting.filter(({ hostname }) => names.includes(hostname))).toEqual([
        { hostname: delegated.sessionHost, report },
      ]);
    });

    test("are not worked on while the domain is moved, and still served", async () => {
      const { store } = get();
      const domain = await hostOf(store);
      await store.certificates.finish(await claimed(store, domain.sessionHost), issued());
      await store.certificates.requestRenewal(domain.sessionHost);
      expect(await isDue(store, domain.sessionHost)).toBe(true);
      const moved = await store.domains.update(domain, { state: "moved" }, null);
      expect(await isDue(store, domain.sessionHost)).toBe(false);
      expect(await store.certificates.served(domain.sessionHost, [])).not.toBeNull();
      expect(moved).not.toBeNull();
    });

    test("of a released domain are served no more, and then deleted", async () => {
      const { store } = get();
      const domain = await hostOf(store);
      const kept = await hostOf(store);
      const own = `${newCuid()}.example`;
      await store.certificates.adopt([own], ALL);
      for (const name of [domain.sessionHost, kept.sessionHost]) {
        await store.certificates.finish(await claimed(store, name), issued());
      }
      await store.domains.update(domain, { state: "released" }, null);
      expect(await store.certificates.served(domain.sessionHost, [own])).toBeNull();
      while ((await store.certificates.drop([own], ALL)) > 0);
      expect(await store.certificates.find(domain.sessionHost)).toBeNull();
      expect(await store.certificates.find(own)).not.toBeNull();
      expect(await store.certificates.served(kept.sessionHost, [own])).not.toBeNull();
    });

    test("are summed up by state, with the first expiry of each", async () => {
      const { store, now } = get();
      const of = async (state: string) =>
        (await store.certificates.summary()).find((each) => each.state === state) ?? {
          count: 0,
          soonestNotAfterAt: null,
        };
      const [none, live] = [await of("none"), await of("live")];
      await hostOf(store);
      const { sessionHost } = await hostOf(store);
      const soon = now() + HOUR;
      const order = await claimed(store, sessionHost);
      await store.certificates.finish(order, issued({ notAfterAt: soon }));
      expect((await of("none")).count).toBe(none.count + 1);
      expect(await of("live")).toMatchObject({ count: live.count + 1, soonestNotAfterAt: soon });
    });

    test("come to a listener as they are, and only when they changed", async () => {
      const { store } = get();
      const { sessionHost } = await hostOf(store);
      const { certificates } = store;
      expect(await certificates.served(sessionHost, [])).toBeNull();
      expect(await certificates.served("unknown.example", [])).toBeNull();
      const order = await claimed(store, sessionHost);
      await certificates.finish(order, issued({ chain: "first" }));
      const first = await certificates.served(sessionHost, []);
      expect(first).toMatchObject({ chain: "first", sealedKey: order.sealedKey });
      if (first === null || first === "same") throw new Error("not served");
      expect(await certificates.served(sessionHost, [], first.version)).toBe("same");
      await certificates.requestRenewal(sessionHost);
      await certificates.finish(await claimed(store, sessionHost), issued({ chain: "second" }));
      expect(await certificates.served(sessionHost, [], first.version)).toMatchObject({
        chain: "second",
      });
    });

    test("are due again when they say, and a failure's retry comes before the renewal", async () => {
      const { store, advance } = get();
      const { sessionHost } = await hostOf(store);
      const { certificates } = store;
      const renewAt = get().now() + HOUR;
      await certificates.finish(await claimed(store, sessionHost), issued({ renewAt }));
      expect(await isDue(store, sessionHost)).toBe(false);
      expect(await certificates.claim(newOrder(sessionHost))).toBeNull();
      await advance(HOUR + MINUTE);
      expect(await isDue(store, sessionHost)).toBe(true);
      const failure = { code: "dns", detail: "no such name", retryInMs: HOUR };
      expect(await certificates.fail(await claimed(store, sessionHost), failure)).toBe(true);
      expect(await certificates.find(sessionHost)).toMatchObject({
        state: "failed",
        errorCode: "dns",
        errorDetail: "no such name",
        failures: 1,
        chain: "PEM",
      });
      expect(await isDue(store, sessionHost)).toBe(false);
      await advance(HOUR + MINUTE);
      expect(await isDue(store, sessionHost)).toBe(true);
    });

    test("have renewal information that only applies to the certificate it was asked for", async () => {
      const { store } = get();
      const { sessionHost } = await hostOf(store);
      const { certificates } = store;
      const asked = issued({ ari: "{}", ariCheckAt: get().now() - MINUTE });
      await certificates.finish(await claimed(store, sessionHost), asked);
      const found = (await certificates.dueForRenewalInfo(ALL)).find(
        ({ hostname }) => hostname === sessionHost,
      );
      if (!found) throw new Error("it is not due");
      const info = { renewAt: get().now(), ari: '{"a":1}', ariCheckAt: get().now() + HOUR };
      const stale = { ...found, version: found.version - 1 };
      expect(await certificates.setRenewalInfo(stale, info)).toBe(false);
      expect(await certificates.setRenewalInfo(found, info)).toBe(true);
      expect(await certificates.find(sessionHost)).toMatchObject({ ari: '{"a":1}' });
    });
  });

  describe("ACME orders", () => {
    test("are one per name: of twelve claims at once, one gets it", async () => {
      const world = get();
      const { sessionHost } = await hostOf(world.store);
      const claims = await inParallel(12, world, (store) =>
        store.certificates.claim(newOrder(sessionHost)),
      );
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
      expect(await isDue(world.store, sessionHost)).toBe(false);
    });

    test("left by their holder are resumed with key and URL, and the old holder writes nothing", async () => {
      const { store, other, advance } = get();
      const { sessionHost } = await hostOf(store);
      const first = await claimed(store, sessionHost);
      const orderUrl = "https://ca.example/order/1";
      await store.certificates.advance(first, LEASE, { state: "issuing", orderUrl });
      await advance(LEASE + 1000);
      const second = await claimed(other, sessionHost);
      expect(second).toMatchObject({ id: first.id, sealedKey: first.sealedKey, orderUrl });
      expect(second.leaseHolder).not.toBe(first.leaseHolder);
      const challenge = { type: "http-01", token: "t", value: "v", lifetimeMs: HOUR } as const;
      const failure = { code: "dns", detail: "", retryInMs: HOUR };
      const { certificates } = store;
      expect(await certificates.advance(first, LEASE)).toBe(false);
      expect(await certificates.addChallenge(first, challenge)).toBe(false);
      expect(await certificates.fail(first, failure)).toBe(false);
      expect(await certificates.postpone(first, failure)).toBe(false);
      expect(await certificates.finish(first, issued())).toBe(false);
      expect(await certificates.find(sessionHost)).toMatchObject({ state: "issuing", chain: null });
      expect(await other.certificates.finish(second, issued())).toBe(true);
      expect(await certificates.find(sessionHost)).toMatchObject({ state: "live", failures: 0 });
    });

    test("that are worked on are nobody else's, however long it takes", async () => {
      const { store, advance } = get();
      const { sessionHost } = await hostOf(store);
      const order = await claimed(store, sessionHost);
      for (let step = 0; step < 3; step++) {
        await advance(LEASE - 5000);
        expect(await store.certificates.advance(order, LEASE)).toBe(true);
        expect(await store.certificates.claim(newOrder(sessionHost))).toBeNull();
      }
    });

    test("that are postponed stay, and any instance goes on with them when it is time", async () => {
      const { store, other, advance } = get();
      const { sessionHost } = await hostOf(store);
      const order = await claimed(store, sessionHost);
      const failure = { code: "ca_unreachable", detail: "refused", retryInMs: MINUTE };
      expect(await store.certificates.postpone(order, failure)).toBe(true);
      expect(await store.certificates.find(sessionHost)).toMatchObject({
        errorCode: "ca_unreachable",
        failures: 0,
      });
      expect(await other.certificates.claim(newOrder(sessionHost))).toBeNull();
      await advance(MINUTE + 1000);
      expect((await claimed(other, sessionHost)).id).toBe(order.id);
    });

    test.each<[string, Partial<NewOrder>, number]>([
      ["that the CA has forgotten", { lifetimeMs: HOUR }, HOUR],
      ["at another CA", { directoryUrl: "https://other.example/directory" }, LEASE],
    ])("%s are not resumed, and their challenges go", async (_, changes, ms) => {
      const { store, advance } = get();
      const { sessionHost } = await hostOf(store);
      const old = await claimed(store, sessionHost, changes);
      const lifetimeMs = DAY;
      await store.certificates.addChallenge(old, {
        type: "http-01",
        token: "t",
        value: "v",
        lifetimeMs,
      });
      await advance(ms + 1000);
      expect((await claimed(store, sessionHost)).id).not.toBe(old.id);
      expect(await store.certificates.httpChallenge(sessionHost, "t")).toBeNull();
    });

    test("have challenges that any instance answers, on their host only, until they are over", async () => {
      const { store, other, advance } = get();
      const domain = await hostOf(store);
      const { sessionHost } = domain;
      const order: AcmeOrder = await claimed(store, sessionHost);
      const http = { type: "http-01", token: "tok", value: "tok.key", lifetimeMs: HOUR } as const;
      expect(await store.certificates.addChallenge(order, http)).toBe(true);
      expect(await store.certificates.addChallenge(order, http)).toBe(true);
      const txt = { ...http, type: "dns-01", value: "digest" } as const;
      expect(await store.certificates.addChallenge(order, txt)).toBe(true);
      expect(await other.certificates.httpChallenge(sessionHost, "tok")).toBe("tok.key");
      expect(await other.certificates.httpChallenge("other.example", "tok")).toBeNull();
      expect(await other.certificates.httpChallenge(sessionHost, "no")).toBeNull();
      expect(await other.certificates.dnsChallenges(domain.targetLabel)).toEqual(["digest"]);
      expect(await other.certificates.dnsChallenges("unknown")).toEqual([]);
      await advance(HOUR + 1000);
      expect(await store.certificates.httpChallenge(sessionHost, "tok")).toBeNull();
      expect(await store.certificates.dnsChallenges(domain.targetLabel)).toEqual([]);
    });
  });

  test("an ACME account is one per CA, whichever instance makes it", async () => {
    const world = get();
    const url = `https://ca.example/${newRowId()}`;
    const accounts = await inParallel(8, world, (store, index) =>
      store.certificates.account(url, `key ${index}`),
    );
    expect(new Set(accounts.map(({ sealedKey }) => sealedKey)).size).toBe(1);
    expect(accounts[0]?.accountUrl).toBeNull();
    await world.store.certificates.setAccountUrl(url, "https://ca.example/account/1");
    expect(await world.other.certificates.account(url, "another")).toEqual({
      sealedKey: accounts[0]?.sealedKey,
      accountUrl: "https://ca.example/account/1",
    });
  });
}
