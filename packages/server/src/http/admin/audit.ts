import type { AuditEntry } from "@latchkey/core/protocol/admin";
import * as z from "zod";
import type { Services } from "../../services.ts";
import type { AuditRecord } from "../../storage/store.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import type { Handlers } from "./handler.ts";

const place = z.object({ at: z.int(), id: z.string() });

export function auditHandlers({ store }: Services): Handlers<"listAuditEntries"> {
  return {
    async listAuditEntries({ query: { after, limit, ...filter } }) {
      const found = await store.audit.list({
        ...filter,
        after: after === undefined ? null : openCursor(after, place),
        limit: limit + 1,
      });
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1) : undefined;
      return {
        items: items.map(toEntry),
        next: last ? sealCursor({ at: last.at, id: last.id }) : null,
      };
    },
  };
}

const toEntry = ({ before, after, ...entry }: AuditRecord): AuditEntry => ({
  ...entry,
  before: before === null ? null : JSON.parse(before),
  after: after === null ? null : JSON.parse(after),
});
