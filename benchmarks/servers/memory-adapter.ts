import type { Adapter, AdapterPayload } from "oidc-provider";

/**
 * Storage for oidc-provider that costs as little as can be: one Map. The one it comes with keeps a
 * list of every token that a grant ever had and walks it at each rotation, which would be counted
 * against it here.
 */
export function memoryAdapter(model: string): Adapter {
  const rows = new Map<string, AdapterPayload>();
  const find = async (id: string) => rows.get(id);
  const findBy = async (match: (row: AdapterPayload) => boolean) => [...rows.values()].find(match);
  return {
    find,
    upsert: async (id, payload) => {
      rows.set(id, payload);
    },
    consume: async (id) => {
      const row = rows.get(id);
      if (row) row.consumed = Math.floor(Date.now() / 1000);
      // Bounded: of spent refresh tokens only the latest are kept.
      if (model === "RefreshToken" && rows.size > 20_000) rows.delete(firstConsumed(rows));
    },
    destroy: async (id) => {
      rows.delete(id);
    },
    findByUid: (uid) => findBy((row) => row.uid === uid),
    findByUserCode: (code) => findBy((row) => row.userCode === code),
    revokeByGrantId: async (grantId) => {
      for (const [id, row] of rows) if (row.grantId === grantId) rows.delete(id);
    },
  };
}

function firstConsumed(rows: ReadonlyMap<string, AdapterPayload>): string {
  for (const [id, row] of rows) if (row.consumed) return id;
  return "";
}
