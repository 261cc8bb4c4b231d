import type { Load } from "../load/start-load.ts";
import { refreshRequest } from "../scenarios/latchkey-scenarios.ts";
import { CONNECTIONS, SESSIONS } from "../scenarios/scenario.ts";
import type { Shared } from "../scenarios/shared.ts";

export interface MemoryPoint {
  readonly refreshes: number;
  readonly rssBytes: number;
  /** Of these, what its JavaScript still refers to. */
  readonly liveBytes: number;
}

/** Memory of a fresh server while its sessions move, at each of `points` refreshes. */
export async function measureMemory(
  shared: Shared,
  load: Load,
  points: readonly number[],
): Promise<MemoryPoint[]> {
  const latchkey = await shared.freshLatchkey();
  const { server, moving } = latchkey;
  const sessions = await latchkey.signIn(moving, SESSIONS);
  const request = refreshRequest(moving.id, sessions[0]?.accessToken ?? "");
  let tokens: readonly string[] = sessions.map(({ refreshToken }) => refreshToken);
  let refreshes = 0;
  const measured: MemoryPoint[] = [];
  for (const point of points) {
    if (point > refreshes) {
      const until = { requests: point - refreshes };
      const job = { port: server.port, connections: CONNECTIONS, request, rotates: true };
      const result = await load.run({ ...job, until, tokens });
      tokens = result.tokens;
      refreshes += result.requests;
    }
    const { rssBytes, liveBytes } = await server.usage({ collectGarbage: true });
    measured.push({ refreshes, rssBytes, liveBytes: liveBytes ?? 0 });
  }
  await latchkey.stop();
  return measured;
}
