import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ListedSession, SessionFilter, SessionListingPlace } from "../../store.ts";
import { HOUR, newApp, newEmail, newSession, signIn, signInRequest } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const METHODS = ["email", "passkey", "google_oauth"];
const REASONS = ["logout", "revoked", "replaced"] as const;

export function sessionListingContract(get: () => StoreWorld): void {
  async function seed() {
    const { store } = get();
    const appId = await newApp(store);
    const sessions: { id: string; method: string; reason: string | null; subject: string }[] = [];
    for (let index = 0; index < 24; index++) {
      const account = newEmail();
      const method = METHODS[index % METHODS.length] ?? "email";
      const session = newSession(appId, { authMethod: method, lifetimeMs: HOUR });
      await signIn(store, signInRequest(appId, account, { session }));
      const reason = index % 2 === 0 ? (REASONS[index % REASONS.length] ?? null) : null;
      if (reason) await store.sessions.end(session.id, reason);
      sessions.push({ id: session.id, method, reason, subject: account.subject });
    }
    return { appId, sessions };
  }

  async function leafThrough(
    appId: string,
    filter: SessionFilter,
    limit: number,
  ): Promise<ListedSession[]> {
    const all: ListedSession[] = [];
    let after: SessionListingPlace | null = null;
    do {
      const page = await get().store.sessionListing.page({ appId, filter, after, limit });
      all.push(...page.sessions);
      after = page.next;
    } while (after);
    return all;
  }

  describe("a list of an app's sessions", () => {
    test("has every session that fits its filters, once, with its user's account", async () => {
      const { appId, sessions } = await seed();
      const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
      await fc.assert(
        fc.asyncProperty(
          maybe(fc.constantFrom("active" as const, "ended" as const)),
          maybe(fc.constantFrom(...REASONS)),
          maybe(fc.constantFrom(...METHODS, "sms")),
          fc.integer({ min: 1, max: 30 }),
          async (state, reason, method, limit) => {
            const found = await leafThrough(appId, { state, reason, method }, limit);
            const expected = sessions.filter(
              (each) =>
                (state === undefined || (each.reason === null) === (state === "active")) &&
                (reason === undefined || each.reason === reason) &&
                (method === undefined || each.method === method),
            );
            const said = ({ session, account }: ListedSession) =>
              `${session.id} ${account?.subject}`;
            expect(found.map(said).toSorted()).toEqual(
              expected.map(({ id, subject }) => `${id} ${subject}`).toSorted(),
            );
          },
        ),
        { numRuns: 40 },
      );
    });

    test("leaves an expired one out of the active, and keeps one whose user is gone", async () => {
      const { store, advance } = get();
      const appId = await newApp(store);
      const account = newEmail();
      const short = newSession(appId, { lifetimeMs: HOUR, idleMs: HOUR });
      const { user } = await signIn(store, signInRequest(appId, account, { session: short }));
      expect(await leafThrough(appId, { state: "active" }, 5)).toHaveLength(1);
      await advance(2 * HOUR);
      expect(await leafThrough(appId, { state: "active" }, 5)).toEqual([]);
      await store.users.delete(appId, user.id);
      const [left] = await leafThrough(appId, {}, 5);
      expect(left).toMatchObject({ session: { id: short.id }, account: null });
    });
  });
}
