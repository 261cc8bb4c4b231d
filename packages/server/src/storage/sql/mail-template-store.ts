import { type Selectable, sql } from "kysely";
import type { Database } from "../database.ts";
import type { MailTemplateTable } from "../mail-template-tables.ts";
import type { MailTemplateRecord, MailTemplateStore } from "../store.ts";

export function sqlMailTemplateStore(db: Database): MailTemplateStore {
  return {
    async ofApp(appId) {
      const rows = await db.all(
        db.build
          .selectFrom("mail_templates")
          .selectAll()
          .where("app_id", "=", appId)
          .orderBy("kind"),
      );
      return rows.map(toTemplate);
    },

    put: (appId, { kind, subject, text, html }, version) =>
      db.transaction(async (tx) => {
        const words = { subject, text_body: text, html_body: html, updated_at: tx.now };
        const [row] =
          version === 0
            ? await tx.all(
                db.build
                  .insertInto("mail_templates")
                  .values({ app_id: appId, kind, ...words, version: 1 })
                  .onConflict((conflict) => conflict.columns(["app_id", "kind"]).doNothing())
                  .returningAll(),
              )
            : await tx.all(
                db.build
                  .updateTable("mail_templates")
                  .set({ ...words, version: sql<number>`version + 1` })
                  .where("app_id", "=", appId)
                  .where("kind", "=", kind)
                  .where("version", "=", version)
                  .returningAll(),
              );
        return row ? toTemplate(row) : "changed";
      }),

    async remove(appId, kind) {
      const [row] = await db.write(
        db.build
          .deleteFrom("mail_templates")
          .where("app_id", "=", appId)
          .where("kind", "=", kind)
          .returningAll(),
      );
      return row ? toTemplate(row) : null;
    },
  };
}

const toTemplate = (row: Selectable<MailTemplateTable>): MailTemplateRecord => ({
  kind: row.kind,
  subject: row.subject,
  text: row.text_body,
  html: row.html_body,
  version: row.version,
  updatedAt: row.updated_at,
});
