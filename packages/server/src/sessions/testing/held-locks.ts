import pg from "pg";
import { expect, vi } from "vitest";
import type { Services } from "../../services.ts";
import { MINUTE, newEmail } from "../../storage/testing/samples.ts";
import { startTestPostgres } from "../../storage/testing/test-postgres.ts";
import { type LogoutResult, logout } from "../logout.ts";
import { type RefreshResult, refreshSession } from "../refresh.ts";
import { type Engine, openEngine } from "./engine.ts";
import { openTestServices } from "./services.ts";

export interface HeldLock {
  readonly table: string;
  readonly id: string;
  /** SET clause that the holder's transaction applies before it commits. */
  readonly change?: string;
}

/** Two servers on one PostgreSQL, and a third party that holds rows while they run into each other. */
export interface Races {
  readonly databaseUrl: string;
  readonly engine: Engine;
  readonly servers: readonly [Services, Services];
  refreshAt(server: number, token: string): Promise<RefreshResult>;
  logoutAt(server: number, token: string): Promise<LogoutResult>;
  /** A session whose window is over, so that the next refresh moves. */
  ripeSession(account?: { type: string; subject: string }): Promise<{
    token: string;
    sid: string;
    userId: string;
    account: { type: string; subject: string };
  }>;
  /** Runs `work` while another transaction holds the row; commits it after. */
  holding<T>(lock: HeldLock, work: () => Promise<T>): Promise<T>;
  /** Waits until so many statements wait for a lock. */
  waiting(count: number): Promise<void>;
  /** Cuts the connections whose statements wait for a lock. */
  cutWaiting(): Promise<void>;
  close(): Promise<void>;
}

export async function openRaces(): Promise<Races> {
  const postgres = await startTestPostgres();
  const databaseUrl = await postgres.freshDatabaseUrl();
  const engine = await openEngine({ url: databaseUrl });
  const servers = [
    await openTestServices({ databaseUrl }),
    await openTestServices({ databaseUrl }),
  ] as const;
  const holder = new pg.Client(databaseUrl);
  await holder.connect();
  const { app, policy } = engine;
  const at = (server: number) => servers[server % 2] ?? servers[0];
  const blocked =
    "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

  return {
    databaseUrl,
    engine,
    servers,
    refreshAt: (server, token) =>
      refreshSession(at(server), { token, appId: app.id, protocol: "browser", policy }),
    logoutAt: (server, refreshToken) =>
      logout(at(server), { appId: app.id, protocol: "browser", refreshToken, provenSids: [] }),
    async ripeSession(account = newEmail()) {
      const { refreshToken, session, user } = await engine.signIn({ account });
      await engine.step(3 * MINUTE);
      return { token: refreshToken, sid: session.id, userId: user.id, account };
    },
    async holding({ table, id, change }, work) {
      await holder.query("BEGIN");
      await holder.query(`SELECT 1 FROM ${table} WHERE id = $1 FOR UPDATE`, [id]);
      if (change) await holder.query(`UPDATE ${table} SET ${change} WHERE id = $1`, [id]);
      try {
        return await work();
      } finally {
        await holder.query("COMMIT");
      }
    },
    async waiting(count) {
      await vi.waitFor(
        async () => expect((await holder.query(`SELECT 1 ${blocked}`)).rows.length).toBe(count),
        { timeout: 4000, interval: 5 },
      );
    },
    async cutWaiting() {
      await holder.query(`SELECT pg_terminate_backend(pid) ${blocked}`);
    },
    async close() {
      await holder.end();
      for (const { store } of servers) await store.close();
      await engine.close();
      await postgres.stop();
    },
  };
}
