import { createHash } from "node:crypto";

const capacity = 500;

export interface StatementNames {
  /** The name to prepare the text under; undefined runs it unnamed, planned anew each time. */
  nameOf(sql: string): string | undefined;
  /** Plans kept by connections are stale: from now on everything is prepared under new names. */
  renew(): void;
}

/**
 * Names of prepared statements: short, the same in every process, and bounded, because every
 * connection keeps a plan for each until it ends.
 */
export function statementNames(): StatementNames {
  const names = new Map<string, string>();
  let epoch = 0;
  return {
    nameOf(sql) {
      const known = names.get(sql);
      if (known !== undefined || names.size >= capacity) return known;
      const digest = createHash("sha256").update(sql).digest("base64url").slice(0, 22);
      const name = epoch === 0 ? digest : `${digest}.${epoch}`;
      names.set(sql, name);
      return name;
    },
    renew() {
      names.clear();
      epoch++;
    },
  };
}
