import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import type { DomainRecord, DomainState } from "../storage/store.ts";
import { activeDomains } from "./active-domain.ts";

let clock = 0;
let server: TestServer;
beforeEach(async () => {
  clock = Date.now();
  server = await openTestServer({ now: () => clock });
});
afterEach(() => server.close());

const ACTIVE = { domain: "example.com", sessionHost: "privy.example.com" };

async function claim(): Promise<DomainRecord> {
  const names = { id: "d1", targetLabel: "label", ownershipToken: "token" };
  const approval = { approval: "not_needed", approvalReason: null } as const;
  const result = await server.services.store.domains.claim(
    { ...ACTIVE, ...names, ...approval, appId: server.app.id },
    { type: "claimed", data: null },
  );
  if (result.kind !== "claimed") throw new Error(result.kind);
  return result.domain;
}

const into = async (domain: DomainRecord, state: DomainState) => {
  const updated = await server.services.store.domains.update(domain, { state }, null);
  if (!updated) throw new Error("not updated");
  return updated;
};

describe("the verified domain of an app", () => {
  test("is there while it is active or degraded, five seconds after a change at the latest", async () => {
    const of = () => server.services.domains.activeDomainOf(server.app.id);
    expect(await of()).toBeNull();
    let domain = await claim();
    const expected: readonly [DomainState, typeof ACTIVE | null][] = [
      ["awaiting_ownership", null],
      ["awaiting_approval", null],
      ["active", ACTIVE],
      ["degraded", ACTIVE],
      ["moved", null],
      ["blocked", null],
      ["active", ACTIVE],
      ["released", null],
    ];
    for (const [state, active] of expected) {
      domain = await into(domain, state);
      clock += 5000;
      expect([state, await of()]).toEqual([state, active]);
    }
  });

  test("is read from the database once in five seconds, however many ask", async () => {
    let reads = 0;
    const of = activeDomains(
      {
        async ofApp() {
          reads++;
          return { ...ACTIVE, state: "active" } as DomainRecord;
        },
      },
      () => clock,
    );
    await Promise.all(Array.from({ length: 20 }, () => of("a")));
    clock += 4999;
    expect(await of("a")).toEqual(ACTIVE);
    expect(reads).toBe(1);
    clock += 1;
    await of("a");
    expect(reads).toBe(2);
  });

  test("is served on while the database is away, and not known before it was read (R5)", async () => {
    let away = false;
    const of = activeDomains(
      {
        async ofApp() {
          if (away) throw new Error("the database is away");
          return { ...ACTIVE, state: "active" } as DomainRecord;
        },
      },
      () => clock,
    );
    await of("a");
    away = true;
    clock += 3_600_000;
    expect(await of("a")).toEqual(ACTIVE);
    await expect(of("b")).rejects.toThrow("away");
    clock += 24 * 3_600_000;
    await expect(of("a")).rejects.toThrow("away");
  });
});
