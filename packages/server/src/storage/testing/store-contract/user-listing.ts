import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newOrganizationId } from "../../../apps/ids.ts";
import { newRowId } from "../../sql/row-id.ts";
import type { User, UserFilter, UserListingPlace } from "../../store.ts";
import { newApp, newUserIds } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const NOW = 1_700_000_000_000;
const FIRST = ["Ada", "ada", "Adam", "Bob", null];
const LAST = ["Lovelace", "Adams", "Smith", null];
const TYPES = ["email", "google_oauth", "passkey", "guest"] as const;

/** Enough of a user to say which filters they fit. */
interface Seeded {
  readonly id: string;
  readonly createdAt: number;
  readonly lastSignInAt: number | null;
  readonly disabled: boolean;
  readonly guest: boolean;
  readonly first: string | null;
  readonly last: string | null;
  readonly accounts: readonly { readonly type: string; readonly subject: string }[];
  readonly organization: string | null;
}

export function userListingContract(get: () => StoreWorld): void {
  /** Users of every kind, many of them from the same millisecond. */
  async function seed(): Promise<{ appId: string; users: Seeded[]; organizations: string[] }> {
    const { store, db } = get();
    const appId = await newApp(store);
    const organizations = [newOrganizationId(), newOrganizationId()];
    for (const id of organizations) await store.organizations.create({ id, appId, name: "Org" });
    const users: Seeded[] = [];
    for (let index = 0; index < 48; index++) {
      const ids = newUserIds();
      const guest = index % 5 === 0;
      const accounts = guest
        ? [{ type: "guest", subject: `adaguest-${ids.id}` }]
        : TYPES.slice(0, 1 + (index % 3)).map((type) => ({
            type,
            subject: `${["ada", "bob", "eve"][index % 3]}-${type}-${index}`,
          }));
      const organization =
        index % 4 === 1 ? (organizations[index % 8 === 1 ? 0 : 1] ?? null) : null;
      const user = {
        id: ids.id,
        createdAt: NOW + Math.floor(index / 3) * 1000,
        lastSignInAt: index % 6 === 2 ? null : NOW + ((index * 7) % 48) * 1000,
        disabled: index % 7 === 3,
        guest,
        first: FIRST[index % FIRST.length] ?? null,
        last: LAST[index % LAST.length] ?? null,
        accounts,
        organization,
      };
      users.push(user);
      await db.write(
        db.build.insertInto("users").values({
          id: ids.id,
          server_id: ids.serverId,
          app_id: appId,
          is_guest: guest ? 1 : 0,
          accepted_terms_at: null,
          custom_metadata: null,
          disabled_at: user.disabled ? NOW : null,
          created_at: user.createdAt,
          last_sign_in_at: user.lastSignInAt,
          first_name: user.first,
          last_name: user.last,
        }),
      );
      for (const account of accounts) {
        await db.write(
          db.build.insertInto("accounts").values({
            id: newRowId(),
            user_id: ids.id,
            app_id: appId,
            ...account,
            data: "{}",
            verified_at: user.createdAt,
            first_verified_at: user.createdAt,
            latest_verified_at: user.createdAt,
          }),
        );
      }
      if (organization !== null) {
        await db.write(
          db.build.insertInto("organization_memberships").values({
            id: newRowId(),
            app_id: appId,
            organization_id: organization,
            user_id: ids.id,
            roles: "[]",
            status: "active",
            created_at: user.createdAt,
            updated_at: user.createdAt,
          }),
        );
      }
    }
    return { appId, users, organizations };
  }

  async function leafThrough(
    appId: string,
    beginning: string | null,
    filter: UserFilter,
    limit: number,
  ): Promise<User[]> {
    const all: User[] = [];
    let after: UserListingPlace | null = null;
    do {
      const page = await get().store.userListing.page({ appId, beginning, filter, after, limit });
      expect(page.users.length).toBeLessThanOrEqual(limit);
      all.push(...page.users);
      after = page.next;
    } while (after);
    return all;
  }

  describe("a list of users", () => {
    test("has everybody who fits its search and filters, once, whatever they are and however it is leafed through", async () => {
      const { appId, users, organizations } = await seed();
      const moment = fc.integer({ min: -1, max: 49 }).map((second) => NOW + second * 1000);
      const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
      const filters: fc.Arbitrary<UserFilter> = fc.record({
        createdFrom: maybe(moment),
        createdUntil: maybe(moment),
        signedInFrom: maybe(moment),
        signedInUntil: maybe(moment),
        disabled: maybe(fc.boolean()),
        guest: maybe(fc.boolean()),
        accountType: maybe(fc.constantFrom(...TYPES)),
        organizationId: maybe(fc.constantFrom(...organizations)),
      });
      const beginnings = fc.constantFrom(null, null, "ada", "adam", "b", "lovelace", "smith", "x");
      await fc.assert(
        fc.asyncProperty(
          filters,
          beginnings,
          fc.integer({ min: 1, max: 60 }),
          async (filter, beginning, limit) => {
            const found = await leafThrough(appId, beginning, filter, limit);
            const expected = users.filter(
              (user) => fits(user, filter) && (beginning === null || isFound(user, beginning)),
            );
            expect(found.map(({ id }) => id).toSorted()).toEqual(
              expected.map(({ id }) => id).toSorted(),
            );
          },
        ),
        { numRuns: 60 },
      );
    });

    test("is in order of age, or of the last sign-in where that is asked for", async () => {
      const { appId } = await seed();
      const created = (await leafThrough(appId, null, {}, 7)).map(({ createdAt }) => createdAt);
      expect(created).toEqual(created.toSorted((a, b) => b - a));
      const signedIn = (await leafThrough(appId, null, { signedInFrom: NOW }, 7)).map(
        ({ lastSignInAt }) => lastSignInAt ?? 0,
      );
      expect(signedIn).toEqual(signedIn.toSorted((a, b) => b - a));
    });

    test("is nobody else's app's, not even by the id of its organization", async () => {
      const [{ appId, organizations }, other] = [await seed(), await seed()];
      const [organizationId = ""] = organizations;
      expect(await leafThrough(other.appId, null, { organizationId }, 50)).toEqual([]);
      expect((await leafThrough(appId, "ada", {}, 50)).every((user) => user.appId === appId)).toBe(
        true,
      );
    });

    test("looks through a bounded number for a page, and goes on where it stopped", async () => {
      const { store, db } = get();
      const appId = await newApp(store);
      const count = 1300;
      const rows = Array.from({ length: count }, (_, index) => {
        const { id, serverId } = newUserIds();
        return {
          id,
          server_id: serverId,
          app_id: appId,
          // The oldest alone is no guest.
          is_guest: index === 0 ? 0 : 1,
          accepted_terms_at: null,
          custom_metadata: null,
          disabled_at: null,
          created_at: NOW + index,
          last_sign_in_at: null,
        };
      });
      for (let from = 0; from < count; from += 100) {
        await db.write(db.build.insertInto("users").values(rows.slice(from, from + 100)));
      }
      const list = (after: UserListingPlace | null) =>
        store.userListing.page({
          appId,
          beginning: null,
          filter: { guest: false },
          after,
          limit: 5,
        });
      const first = await list(null);
      expect(first).toMatchObject({ users: [], next: { kind: "by_time", at: NOW + 300 } });
      const second = await list(first.next);
      expect(second).toMatchObject({ users: [{ id: rows[0]?.id }], next: null });
    });

    test("refuses a place of a list with other filters", async () => {
      const { appId } = await seed();
      const list = (filter: UserFilter, after: UserListingPlace | null) =>
        get().store.userListing.page({ appId, beginning: null, filter, after, limit: 1 });
      const { next } = await list({}, null);
      await expect(list({ disabled: true }, next)).rejects.toMatchObject({
        code: "invalid_cursor",
      });
    });
  });
}

function fits(user: Seeded, filter: UserFilter): boolean {
  const inRange = (at: number | null, from?: number, until?: number) =>
    (from === undefined || (at !== null && at >= from)) &&
    (until === undefined || (at !== null && at < until));
  return (
    inRange(user.createdAt, filter.createdFrom, filter.createdUntil) &&
    inRange(user.lastSignInAt, filter.signedInFrom, filter.signedInUntil) &&
    (filter.disabled === undefined || user.disabled === filter.disabled) &&
    (filter.guest === undefined || user.guest === filter.guest) &&
    (filter.accountType === undefined ||
      user.accounts.some(({ type }) => type === filter.accountType)) &&
    (filter.organizationId === undefined || user.organization === filter.organizationId)
  );
}

function isFound({ accounts, first, last }: Seeded, beginning: string): boolean {
  return (
    accounts.some(({ type, subject }) => type !== "guest" && subject.startsWith(beginning)) ||
    [first, last].some((name) => name?.toLowerCase().startsWith(beginning))
  );
}
