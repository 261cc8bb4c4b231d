import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppRecord, DomainRecord } from "../storage/store.ts";
import type { DomainStatus } from "./domains.ts";
import {
  type DomainServer,
  OPERATOR_ZONES,
  openDomainServer,
  zoneWith,
} from "./testing/domain-server.ts";

type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let opened: DomainServer;
beforeEach(async () => {
  opened = await openDomainServer();
});
afterEach(() => opened.close());

const domains = () => opened.server.services.domains;
const add = (name: string, app: AppRecord = opened.server.app) => domains().add(app, name);
const verdicts = ({ findings }: DomainStatus) => findings.map(({ verdict }) => verdict);

async function otherApp(kind: AppRecord["kind"] = "production"): Promise<AppRecord> {
  const { store } = opened.server.services;
  const { id } = await opened.server.addApp();
  const app = await store.apps.find(id);
  if (!app) throw new Error("the app is not there");
  return { ...app, kind };
}

async function verified(name = "example.com"): Promise<DomainRecord> {
  const added = await add(name);
  opened.world.zones = zoneWith(added);
  return (await domains().check(added.domain)).domain;
}

describe("from the first word to a working domain", () => {
  test("claimed, shown its records, not there yet, set, checked, active", async () => {
    const added = await add("example.com");
    expect(added.domain).toMatchObject({
      domain: "example.com",
      sessionHost: "privy.example.com",
      state: "awaiting_dns",
    });
    const [cname, txt, challenge] = added.records;
    expect(cname).toMatchObject({ type: "CNAME", name: "privy.example.com", status: "unknown" });
    expect(cname?.value).toMatch(/^[a-z][a-z2-7]{26}\.cname\.sessions\.example\.com$/);
    expect(txt).toMatchObject({ type: "TXT", name: "_latchkey.example.com" });
    expect(txt?.value).toMatch(/^latchkey-verify=[a-z2-7]{32}$/);
    expect(challenge).toMatchObject({
      name: "_acme-challenge.privy.example.com",
      isOptional: true,
    });

    const empty = await domains().check(added.domain);
    expect(empty.domain.state).toBe("awaiting_dns");
    expect(verdicts(empty)).toEqual(["cname_missing", "txt_missing"]);

    const [line] = zoneWith(added).split("\n").slice(-2);
    opened.world.zones = `${OPERATOR_ZONES}\nexample.com NS ns1.dns.example\n${line}`;
    const half = await domains().check(empty.domain);
    expect(half.domain.state).toBe("awaiting_ownership");
    expect(verdicts(half)).toEqual(["txt_missing"]);

    opened.world.zones = zoneWith(added);
    const whole = await domains().check(half.domain);
    expect(whole.domain.state).toBe("active");
    expect(whole.findings).toEqual([]);
    expect(whole.records.map(({ status }) => status)).toEqual(["ok", "ok", "bad"]);
    opened.advance(5000);
    expect(await domains().activeDomainOf(opened.server.app.id)).toEqual({
      domain: "example.com",
      sessionHost: "privy.example.com",
    });
    const trail = await domains().events(whole.domain);
    expect(trail.map(({ type }) => type).sort()).toEqual([
      "active",
      "awaiting_ownership",
      "claimed",
    ]);
  });

  test("what the last check found is kept, for whoever asks next", async () => {
    const { domain } = await domains().check((await add("example.com")).domain);
    const found = await domains().find("example.com");
    expect(found?.domain.checkedAt).toBe(domain.checkedAt);
    expect(found && verdicts(found)).toEqual(["cname_missing", "txt_missing"]);
    expect(await domains().ofApp(opened.server.app.id)).toEqual(found);
  });

  test("asking again for the domain that the app has answers the same claim", async () => {
    const first = await add("example.com");
    expect((await add("Example.com")).domain).toEqual(first.domain);
  });

  test("without a zone the CNAME goes to the public host", async () => {
    await opened.close();
    opened = await openDomainServer({ zone: null });
    const added = await add("example.com");
    expect(added.records[0]).toMatchObject({ type: "CNAME", value: "sessions.example.com" });
    expect(added.records).toHaveLength(2);
    opened.world.zones = zoneWith(added);
    expect((await domains().check(added.domain)).domain.state).toBe("active");
  });
});

describe("what is refused, and why", () => {
  test.each([
    ["www.example.com", "invalid_domain", "Type example.com"],
    ["vercel.app", "invalid_domain", "public suffix"],
  ])("%s: %s", async (input, code, words) => {
    await expect(add(input)).rejects.toMatchObject({
      code,
      status: 422,
      message: expect.stringContaining(words),
    });
  });

  test("a domain of another app, verified or not", async () => {
    await add("example.com");
    await expect(add("example.com", await otherApp())).rejects.toMatchObject({
      code: "domain_taken",
      status: 409,
      message: expect.stringContaining("belongs to another app"),
    });
  });

  test("a second domain of one app", async () => {
    await add("example.com");
    await expect(add("example.org")).rejects.toMatchObject({
      code: "app_has_domain",
      status: 409,
      message: expect.stringContaining("example.com already"),
    });
  });

  test("a domain of a development app, which needs none", async () => {
    await expect(add("example.com", await otherApp("development"))).rejects.toMatchObject({
      code: "development_app",
      status: 422,
    });
  });
});

describe("what an operator decides", () => {
  test("a name on a shared host waits for approval with its reason, and works once it is given", async () => {
    const added = await add("mine.vercel.app");
    expect(added.domain).toMatchObject({
      approval: "pending",
      approvalReason: expect.stringContaining("below vercel.app"),
    });
    opened.world.zones = zoneWith(added);
    const held = await domains().check(added.domain);
    expect(held.domain.state).toBe("awaiting_approval");
    const approved = await domains().approve(held.domain);
    expect(approved).toMatchObject({ approval: "approved", state: "awaiting_approval" });
    expect(approved && (await domains().check(approved)).domain.state).toBe("active");
  });

  test("a refused domain is blocked with the words that were given, whatever DNS says", async () => {
    const domain = await verified();
    const refused = await domains().refuse(domain, "not one of ours");
    expect(refused).toMatchObject({
      state: "blocked",
      blockCode: "refused",
      decision: "not one of ours",
    });
    opened.advance(5000);
    expect(await domains().activeDomainOf(opened.server.app.id)).toBeNull();
    expect(refused && (await domains().check(refused)).domain.state).toBe("blocked");
    const approved = refused && (await domains().approve(refused));
    expect(approved).toMatchObject({ state: "awaiting_dns", blockCode: null, decision: null });
    expect(approved && (await domains().check(approved)).domain.state).toBe("active");
  });

  test("giving a refused domain up and claiming it again is no way around the refusal (ASVS 8.2.1)", async () => {
    const refused = await domains().refuse(await verified(), "not one of ours");
    const other = await otherApp();
    for (const app of [opened.server.app, other]) {
      const there = await domains().find("example.com");
      if (there) await domains().remove(there.domain);
      const again = await add("example.com", app);
      expect(again.domain).toMatchObject({
        approval: "pending",
        approvalReason: expect.stringContaining("refused this domain"),
      });
      opened.world.zones = zoneWith(again);
      expect((await domains().check(again.domain)).domain.state).toBe("awaiting_approval");
    }
    const last = await domains().find("example.com");
    const approved = last && (await domains().approve(last.domain));
    expect(approved && (await domains().check(approved)).domain.state).toBe("active");
    if (approved) await domains().remove(approved);
    expect((await add("example.com")).domain.approval).toBe("not_needed");
    expect(refused?.approval).toBe("refused");
  });

  test("a decision holds against a check that saw the domain before it", async () => {
    const domain = await verified();
    await Promise.all([domains().refuse(domain, "no"), domains().check(domain)]);
    expect((await domains().find("example.com"))?.domain.state).toBe("blocked");
  });

  test("a removed domain is free, and comes back under other names only", async () => {
    const domain = await verified();
    expect(await domains().remove(domain)).toMatchObject({ state: "released" });
    expect(await domains().remove(domain)).toBeNull();
    expect(await domains().find("example.com")).toBeNull();
    const again = await add("example.com", await otherApp());
    expect(again.domain.targetLabel).not.toBe(domain.targetLabel);
    // The records of the app before prove nothing for the next.
    const checked = await domains().check(again.domain);
    expect(checked.domain.state).toBe("awaiting_dns");
    expect(verdicts(checked)).toEqual(["cname_old_target", "txt_other_claim"]);
  });
});

describe("by itself, in the background", () => {
  test("a domain becomes active without anybody asking", async () => {
    const added = await add("example.com");
    expect(await domains().checkDue()).toBe(1);
    expect(await domains().checkDue()).toBe(0);
    opened.world.zones = zoneWith(added);
    opened.advance(2 * MINUTE);
    expect(await domains().checkDue()).toBe(1);
    expect((await domains().find("example.com"))?.domain.state).toBe("active");
  });

  test("checks of a domain that is not ready grow rarer, and asking begins anew", async () => {
    await add("example.com");
    const waits: number[] = [];
    for (let count = 0; count < 60; count++) {
      await domains().checkDue();
      const { domain } = (await domains().find("example.com")) ?? {};
      const wait = (domain?.nextCheckAt ?? 0) - (domain?.checkedAt ?? 0);
      waits.push(wait);
      opened.advance(wait);
    }
    expect(waits[0]).toBeLessThan(1.2 * MINUTE);
    expect(waits.at(-1)).toBeGreaterThan(14 * MINUTE);
    const { domain } = await domains().check((await add("example.com")).domain);
    expect(domain.nextCheckAt - (domain.checkedAt ?? 0)).toBeLessThan(1.2 * MINUTE);
  });

  test("a domain that works is looked at every four hours, and closely once something is missing", async () => {
    const domain = await verified();
    expect(domain.nextCheckAt - domain.stateAt).toBeGreaterThan(3.5 * HOUR);
    const good = opened.world.zones;
    opened.world.zones = OPERATOR_ZONES;
    opened.advance(5 * HOUR);
    const states = new Set<string>();
    for (let minutes = 0; minutes < 60; minutes++) {
      await domains().checkDue();
      states.add((await domains().find("example.com"))?.domain.state ?? "gone");
      opened.advance(MINUTE);
    }
    expect([...states]).toEqual(["active", "degraded"]);
    opened.world.zones = good;
    opened.advance(HOUR);
    await domains().checkDue();
    expect((await domains().find("example.com"))?.domain.state).toBe("active");
  });

  test("a removed record is noticed: degraded, moved after three days, given up after a month", async () => {
    await verified();
    opened.world.zones = OPERATOR_ZONES;
    const states: string[] = [];
    for (let hours = 0; hours < 24 * 40; hours += 2) {
      opened.advance(2 * HOUR);
      await domains().checkDue();
      const state = (await domains().find("example.com"))?.domain.state ?? "released";
      if (states.at(-1) !== state) states.push(state);
    }
    expect(states).toEqual(["active", "degraded", "moved", "released"]);
    opened.advance(5000);
    expect(await domains().activeDomainOf(opened.server.app.id)).toBeNull();
  });

  test("behind a proxy that hides the CNAME, the TXT alone proves the claim", async () => {
    const { sessionHost } = await verified();
    const proxied = `${OPERATOR_ZONES}\n${sessionHost} A 104.16.1.1`;
    const txt = opened.world.zones.split("\n").find((line) => line.includes(" TXT "));
    const stateAfterDays = async (zones: string) => {
      opened.world.zones = zones;
      for (let hours = 0; hours < 24 * 5; hours += 2) {
        opened.advance(2 * HOUR);
        await domains().checkDue();
      }
      return (await domains().find("example.com"))?.domain.state;
    };
    expect(await stateAfterDays(`${proxied}\n${txt}`)).toBe("active");
    expect(await stateAfterDays(proxied)).toBe("moved");
  });

  test("a week without any resolver changes nothing", async () => {
    const before = await verified();
    opened.world.servers = { "192.0.2.53": { refuses: true } };
    for (let hours = 0; hours < 24 * 7; hours += 4) {
      opened.advance(5 * HOUR);
      await domains().checkDue();
    }
    const after = (await domains().find("example.com"))?.domain;
    expect(after).toMatchObject({ state: "active", stateAt: before.stateAt, misses: 0 });
    opened.advance(5000);
    expect(await domains().activeDomainOf(opened.server.app.id)).not.toBeNull();
  });
});

test("whatever apps and operators do, in whatever order: one owner per domain, one domain per app, no label twice", async () => {
  const apps = await Promise.all([otherApp(), otherApp(), otherApp()]);
  const names = ["one.example", "two.example"];
  const labels = new Map<string, string>();
  const reached = new Set<string>();
  const OFTEN = ["set", "set", "check", "check", "check", "check"];
  const action = fc.oneof(
    fc.record({
      kind: fc.constant("add" as const),
      app: fc.nat(apps.length - 1),
      name: fc.constantFrom(...names),
    }),
    fc.record({
      kind: fc.constantFrom(...OFTEN, "approve", "refuse", "remove", "clear", "outage", "wait"),
      name: fc.constantFrom(...names),
    }),
  );
  const act = async (each: Generated<typeof action>) => {
    if (each.kind === "add") {
      const app = apps["app" in each ? each.app : 0];
      await domains()
        .add(app as AppRecord, each.name)
        .catch((error: { code?: string }) => {
          if (error.code !== "domain_taken" && error.code !== "app_has_domain") throw error;
        });
      return;
    }
    const found = await domains().find(each.name);
    if (each.kind === "wait") opened.advance(DAY);
    else if (each.kind === "outage") opened.world.servers = { "192.0.2.53": { refuses: true } };
    else if (each.kind === "clear") opened.world.zones = OPERATOR_ZONES;
    else if (found === null) return;
    else if (each.kind === "set") {
      opened.world.zones = zoneWith(found);
      opened.world.servers = { "192.0.2.53": {} };
    } else if (each.kind === "check") {
      const checked = await domains().check(found.domain);
      const isOutage = opened.world.servers["192.0.2.53"]?.refuses === true;
      if (isOutage) expect(checked.domain.state).toBe(found.domain.state);
    } else if (each.kind === "refuse") await domains().refuse(found.domain, "no");
    else if (each.kind === "approve") await domains().approve(found.domain);
    else await domains().remove(found.domain);
  };
  const invariants = async () => {
    const live = await domains().list();
    expect(new Set(live.map(({ domain }) => domain)).size).toBe(live.length);
    expect(new Set(live.map(({ appId }) => appId)).size).toBe(live.length);
    for (const { id, state, targetLabel } of live) {
      reached.add(state);
      expect(labels.get(targetLabel) ?? id).toBe(id);
      labels.set(targetLabel, id);
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 40 }), async (actions) => {
      for (const each of actions) {
        await act(each);
        await invariants();
      }
    }),
    { numRuns: 40 },
  );
  expect([...reached]).toEqual(expect.arrayContaining(["awaiting_dns", "active", "blocked"]));
  expect(labels.size).toBeGreaterThan(10);
}, 60_000);
