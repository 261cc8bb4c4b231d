import { describe, expect, test } from "vitest";
import { newCuid } from "../../../apps/ids.ts";
import { newRowId } from "../../sql/row-id.ts";
import type { ClaimResult, DomainRecord, NewDomain, Store } from "../../store.ts";
import { DAY, HOUR, inParallel, MINUTE, newApp, tally } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const CLAIMED = { type: "claimed", data: null };

function newDomain(appId: string, changes: Partial<NewDomain> = {}): NewDomain {
  const domain = changes.domain ?? `${newCuid()}.example`;
  return {
    id: newRowId(),
    appId,
    domain,
    sessionHost: `privy.${domain}`,
    targetLabel: newCuid(),
    ownershipToken: newRowId(),
    approval: "not_needed",
    approvalReason: null,
    ...changes,
  };
}

function claimed(result: ClaimResult): DomainRecord {
  if (result.kind === "claimed") return result.domain;
  throw new Error(`the claim was refused: ${result.kind}`);
}

export function domainContract(get: () => StoreWorld): void {
  const claim = async (store: Store, changes: Partial<NewDomain> = {}) =>
    claimed(
      await store.domains.claim(
        newDomain(changes.appId ?? (await newApp(store)), changes),
        CLAIMED,
      ),
    );

  describe("domains", () => {
    test("come back as they were claimed, by every name they have", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const wanted = newDomain(appId, { approval: "pending", approvalReason: "sandbox_host" });
      const domain = claimed(await store.domains.claim(wanted, CLAIMED));
      expect(domain).toMatchObject({
        ...wanted,
        state: "awaiting_dns",
        attempts: 0,
        misses: 0,
        missingAt: null,
        checkedAt: null,
        report: null,
        activatedAt: null,
        releasedAt: null,
        version: 1,
      });
      expect(domain.nextCheckAt).toBe(domain.createdAt);
      const { domains } = store;
      expect(await domains.find(domain.id)).toEqual(domain);
      expect(await domains.findByDomain(domain.domain)).toEqual(domain);
      expect(await domains.findBySessionHost(domain.sessionHost)).toEqual(domain);
      expect(await domains.ofApp(appId)).toEqual(domain);
      expect(await domains.list()).toContainEqual(domain);
      expect(await domains.events(domain.id, 10)).toEqual([{ ...CLAIMED, at: domain.createdAt }]);
      expect(await domains.findByDomain("unknown.example")).toBeNull();
      expect(await domains.findBySessionHost(domain.domain)).toBeNull();
      expect(await domains.ofApp(await newApp(store))).toBeNull();
    });

    test("are remembered as released, and only those that were known here", async () => {
      const { store } = get();
      const domain = await claim(store);
      expect(await store.domains.wasReleased(domain.domain)).toBe(false);
      await store.domains.update(domain, { state: "released" }, null);
      expect(await store.domains.wasReleased(domain.domain)).toBe(true);
      expect(await store.domains.wasReleased("unknown.example")).toBe(false);
    });

    test("wait for a decision again where one refused them, or none was taken", async () => {
      const { store } = get();
      const name = `${newCuid()}.example`;
      const reasons: (string | null)[] = [];
      for (const change of [{ approval: "refused" }, {}, { approval: "approved" }, {}] as const) {
        const domain = await claim(store, { domain: name });
        expect(domain.approval).toBe(domain.approvalReason === null ? "not_needed" : "pending");
        reasons.push(domain.approvalReason);
        await store.domains.update(domain, { ...change, state: "released" }, null);
      }
      const refused = expect.stringContaining("refused");
      expect(reasons).toEqual([null, refused, refused, null]);
    });

    test("have one owner: of twelve apps that claim one domain together, one gets it", async () => {
      const world = get();
      const name = `${newCuid()}.example`;
      const results = await inParallel(12, world, async (store) =>
        store.domains.claim(newDomain(await newApp(store), { domain: name }), CLAIMED),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ claimed: 1, domain_taken: 11 });
      const owner = await world.store.domains.findByDomain(name);
      for (const result of results) {
        if (result.kind === "domain_taken") expect(result.by.id).toBe(owner?.id);
      }
    });

    test("are one per app: of twelve that it claims together, it gets one", async () => {
      const world = get();
      const appId = await newApp(world.store);
      const results = await inParallel(12, world, (store) =>
        store.domains.claim(newDomain(appId), CLAIMED),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ claimed: 1, app_has_domain: 11 });
    });

    test("change only as whoever changes them has seen them, and each change leaves its line", async () => {
      const world = get();
      const { store, advance } = world;
      const domain = await claim(store);
      await advance(MINUTE);
      const results = await inParallel(8, world, (each, index) =>
        each.domains.update(
          domain,
          { state: "active", attempts: index, nextCheckInMs: HOUR },
          { type: "active", data: JSON.stringify({ index }) },
        ),
      );
      const [winner, ...more] = results.filter((result) => result !== null);
      expect(more).toEqual([]);
      expect(winner).toMatchObject({ state: "active", version: 2, releasedAt: null });
      expect(winner?.stateAt).toBe(winner?.updatedAt);
      expect(winner?.activatedAt).toBe(winner?.updatedAt);
      expect(winner?.nextCheckAt).toBe((winner?.updatedAt ?? 0) + HOUR);
      expect(await store.domains.find(domain.id)).toEqual(winner);
      const trail = await store.domains.events(domain.id, 10);
      expect(trail.map(({ type }) => type)).toEqual(["active", "claimed"]);
      expect(JSON.parse(trail[0]?.data ?? "")).toEqual({ index: winner?.attempts });
    });

    test("keep what a change leaves out, and take null for nothing", async () => {
      const { store } = get();
      const domain = await claim(store);
      const blocked = await store.domains.update(
        domain,
        {
          state: "blocked",
          blockCode: "refused",
          decision: "not ours",
          missingAt: 5,
          report: "{}",
        },
        null,
      );
      const checked = blocked && (await store.domains.update(blocked, { checkedAt: 7 }, null));
      expect(checked).toMatchObject({
        state: "blocked",
        stateAt: blocked?.stateAt,
        blockCode: "refused",
        decision: "not ours",
        missingAt: 5,
        checkedAt: 7,
        report: "{}",
        nextCheckAt: domain.nextCheckAt,
      });
      const cleared =
        checked &&
        (await store.domains.update(checked, { blockCode: null, missingAt: null }, null));
      expect(cleared).toMatchObject({ blockCode: null, missingAt: null, decision: "not ours" });
      expect(await store.domains.events(domain.id, 10)).toHaveLength(1);
    });

    test("once released are free for another app, under another label, and change no more", async () => {
      const { store } = get();
      const domain = await claim(store);
      const released = await store.domains.update(
        domain,
        { state: "released" },
        { type: "released", data: null },
      );
      expect(released?.releasedAt).toBe(released?.updatedAt);
      const { domains } = store;
      expect(await domains.findByDomain(domain.domain)).toBeNull();
      expect(await domains.findBySessionHost(domain.sessionHost)).toBeNull();
      expect(await domains.ofApp(domain.appId)).toBeNull();
      expect(released && (await domains.update(released, { state: "active" }, null))).toBeNull();
      const other = await claim(store, { domain: domain.domain });
      expect(other.appId).not.toBe(domain.appId);
      expect(await domains.find(domain.id)).toMatchObject({ state: "released" });
      await expect(
        claim(store, { domain: `x${domain.domain}`, targetLabel: domain.targetLabel }),
      ).rejects.toThrow();
    });

    test("released labels are buried for 400 days, with their trail", async () => {
      const { store, advance } = get();
      const domain = await claim(store);
      const released = await store.domains.update(
        domain,
        { state: "released" },
        { type: "released", data: null },
      );
      expect(released).not.toBeNull();
      const purgeAll = async () => {
        while ((await store.purging.purge(1000)) > 0);
      };
      const reuse = () => claim(store, { targetLabel: domain.targetLabel });
      await advance(400 * DAY - HOUR);
      await purgeAll();
      await expect(reuse()).rejects.toThrow();
      expect(await store.domains.events(domain.id, 10)).toHaveLength(2);
      await advance(2 * HOUR);
      await purgeAll();
      expect(await store.domains.find(domain.id)).toBeNull();
      expect(await store.domains.events(domain.id, 10)).toEqual([]);
    });

    test("a label in use is never purged", async () => {
      const { store, advance } = get();
      const domain = await claim(store);
      await advance(1000 * DAY);
      while ((await store.purging.purge(1000)) > 0);
      await expect(claim(store, { targetLabel: domain.targetLabel })).rejects.toThrow();
      expect(await store.domains.find(domain.id)).not.toBeNull();
    });

    test("are checked by one server at a time: what one takes, the others do not see", async () => {
      const world = get();
      const { store, advance } = world;
      const mine = await Promise.all([claim(store), claim(store), claim(store)]);
      const ids = new Set(mine.map(({ id }) => id));
      const take = async () =>
        (await inParallel(6, world, (each) => each.domains.takeDue(1000, MINUTE)))
          .flat()
          .map(({ id }) => id)
          .filter((id) => ids.has(id));
      expect((await take()).sort()).toEqual([...ids].sort());
      expect(await take()).toEqual([]);
      await advance(MINUTE + 1);
      expect((await take()).sort()).toEqual([...ids].sort());
    });

    test("are due at the time that the last check set, and never once released", async () => {
      const { store, advance } = get();
      const [later, gone] = [await claim(store), await claim(store)];
      await store.domains.update(later, { nextCheckInMs: HOUR }, null);
      await store.domains.update(gone, { state: "released" }, null);
      const due = async () =>
        (await store.domains.takeDue(1000, MINUTE)).filter(
          ({ id }) => id === later.id || id === gone.id,
        );
      expect(await due()).toEqual([]);
      await advance(HOUR + 1);
      expect((await due()).map(({ id }) => id)).toEqual([later.id]);
    });
  });
}
