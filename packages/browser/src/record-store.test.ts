import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_RECORD, parseRecord, type SessionRecord, supersedes } from "./record.ts";
import { createRecordStore } from "./record-store.ts";
import type { StoredSession } from "./stored-session.ts";

const session = fc.record({ generation: fc.nat(4), issuedAt: fc.nat(4) }).map(
  ({ generation, issuedAt }): StoredSession => ({
    token: `t${issuedAt}`,
    apiToken: "p",
    refreshToken: null,
    identityToken: null,
    user: null,
    sid: "a",
    generation,
    issuedAt: issuedAt + 1,
    expiresAt: issuedAt + 3600,
  }),
);

/**
 * As sign-in and sign-out raise the epoch, one epoch is signed in throughout or out throughout, and
 * of one session. Epoch 3 is of a session whose refresh token says nothing of itself.
 */
const record: fc.Arbitrary<SessionRecord> = fc
  .record({ epoch: fc.nat(3), session })
  .map(({ epoch, session }) => {
    const plain = epoch === 3 ? { ...session, sid: null, generation: null } : session;
    return { ...EMPTY_RECORD, epoch, session: epoch % 2 ? plain : null };
  });

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

describe("the record", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(record, (written) => {
        expect(parseRecord(JSON.stringify(written))).toEqual(written);
      }),
    );
  });

  it("never throws on what others left under its key", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseRecord(text)));
  });

  it("is superseded by at most one of two others: the order is strict", () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        expect(supersedes(a, b) && supersedes(b, a)).toBe(false);
        expect(supersedes(a, a)).toBe(false);
      }),
    );
  });
});

describe("two tabs whose storage loses updates", () => {
  it("agree on a record that none supersedes, once they have heard each other", () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 6 }),
        fc.array(record, { maxLength: 6 }),
        (one, two) => {
          const storage = memoryStorage();
          const stores = [0, 1].map(() => createRecordStore("k", storage, () => {}));
          const [first, second] = stores as [(typeof stores)[0], (typeof stores)[0]];
          const written: SessionRecord[] = [];
          const write = (store: typeof first, next: SessionRecord) =>
            store.update((current) => {
              const winner = supersedes(current, next) ? current : next;
              written.push(winner);
              return winner;
            });
          for (const next of one) write(first, next);
          // The second tab's process has not seen these writes and puts its own over them.
          const unseen = storage.items.get("k");
          storage.items.clear();
          for (const next of two) write(second, next);
          const overwritten = storage.items.get("k") ?? unseen;
          if (overwritten) storage.items.set("k", overwritten);
          for (let round = 0; round < 2; round++) for (const store of stores) store.reconcile();
          const [a, b] = [first.read(), second.read()];
          expect(supersedes(a, b) || supersedes(b, a)).toBe(false);
          for (const other of written) expect(supersedes(other, a)).toBe(false);
        },
      ),
    );
  });

  it("tells its listener of every change of its own", () => {
    let changes = 0;
    const store = createRecordStore("k", memoryStorage(), () => changes++);
    store.update((current) => current);
    expect(changes).toBe(0);
    store.update((current) => ({ ...current, epoch: 1 }));
    expect(changes).toBe(1);
  });

  it("leaves no old session behind when the end of it cannot be written", () => {
    const storage = memoryStorage();
    const store = createRecordStore("k", storage, () => {});
    store.update((current) => ({
      ...current,
      epoch: 1,
      session: fc.sample(session, 1)[0] ?? null,
    }));
    storage.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    store.update((current) => ({ ...current, epoch: 2, session: null }));
    expect(storage.items.size).toBe(0);
    expect(store.read().epoch).toBe(2);
  });
});
