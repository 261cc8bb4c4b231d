import { sql } from "kysely";
import type { Database } from "../database.ts";
import type { AppClientTable } from "../schema.ts";
import type { AppStore, Edit } from "../store.ts";
import { toApp } from "./rows.ts";

type AppEdits = Pick<AppStore, "edit" | "versionedClients" | "editClient" | "deleteClient">;

/** Changes that are refused when somebody else's came between: a row's version is its time. */
export function sqlAppEdits(db: Database): AppEdits {
  const toClient = (row: AppClientTable) => ({
    id: row.id,
    appId: row.app_id,
    name: row.name,
    settings: row.settings,
    version: row.updated_at,
    createdAt: row.created_at,
  });

  const clientsOf = (appId: string) =>
    db.build.selectFrom("app_clients").selectAll().where("app_id", "=", appId);

  /** Two changes of one millisecond are two versions all the same. */
  const changed = ({ name, settings }: Edit, now: number) => ({
    ...(name !== undefined && { name }),
    ...(settings !== undefined && { settings }),
    updated_at: sql<number>`CASE WHEN updated_at < ${now} THEN CAST(${now} AS bigint) ELSE updated_at + 1 END`,
  });

  return {
    async edit(id, version, change) {
      const [row] = await db.write(
        db.build
          .updateTable("apps")
          .set(changed(change, await db.now()))
          .where("id", "=", id)
          .where("updated_at", "=", version)
          .where("kind", "<>", "internal")
          .returningAll(),
      );
      if (row) return toApp(row);
      const there = db.build.selectFrom("apps").select("id").where("id", "=", id);
      return (await db.first(there.where("kind", "<>", "internal"))) ? "changed" : null;
    },

    async versionedClients(appId) {
      const rows = await db.all(clientsOf(appId).orderBy("created_at").orderBy("id"));
      return rows.map(toClient);
    },

    async editClient(appId, id, version, change) {
      const [row] = await db.write(
        db.build
          .updateTable("app_clients")
          .set(changed(change, await db.now()))
          .where("id", "=", id)
          .where("app_id", "=", appId)
          .where("updated_at", "=", version)
          .returningAll(),
      );
      if (row) return toClient(row);
      return (await db.first(clientsOf(appId).where("id", "=", id))) ? "changed" : null;
    },

    async deleteClient(appId, id) {
      const [row] = await db.write(
        db.build
          .deleteFrom("app_clients")
          .where("id", "=", id)
          .where("app_id", "=", appId)
          .returningAll(),
      );
      return row ? toClient(row) : null;
    },
  };
}
