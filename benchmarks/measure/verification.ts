import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Shared } from "../scenarios/shared.ts";

export interface VerificationInput {
  readonly serverUrl: string;
  readonly appId: string;
  readonly tokens: readonly string[];
  readonly rounds: number;
  /** Of each way in each round. */
  readonly measureMs: number;
}

/** CPU microseconds for one access token, one figure per round. */
export interface VerificationResult {
  /** @latchkey/backend, a token that it has not seen. */
  readonly cold: readonly number[];
  /** @latchkey/backend, a token that it has verified before. */
  readonly cached: readonly number[];
  /** The same, with reading it out of a request's headers. */
  readonly cachedRequest: readonly number[];
  /** jose's jwtVerify with the key at hand. */
  readonly jose: readonly number[];
}

const TOKENS = 256;

/** Verifies access tokens that the real server issued, in a process of its own. */
export async function measureVerification(
  shared: Shared,
  timing: { rounds: number; measureMs: number },
): Promise<VerificationResult> {
  const { latchkey } = await shared.sqlite();
  const sessions = await latchkey.signIn(latchkey.repeating, TOKENS);
  const child = fork(fileURLToPath(new URL("./verify-tokens.ts", import.meta.url)));
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the process that verifies tokens ended with ${code}`);
  });
  failed.catch(() => undefined);
  try {
    child.send({
      serverUrl: `http://127.0.0.1:${latchkey.server.port}`,
      appId: latchkey.repeating.id,
      tokens: sessions.map(({ accessToken }) => accessToken),
      rounds: timing.rounds,
      measureMs: timing.measureMs,
    } satisfies VerificationInput);
    const [result] = (await Promise.race([once(child, "message"), failed])) as [VerificationResult];
    return result;
  } finally {
    child.kill();
  }
}
