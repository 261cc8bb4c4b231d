import type { Latchkey } from "../servers/latchkey.ts";
import type { Costs, RoundTiming } from "./cpu-rounds.ts";
import { type HostedSession, signInOnPages } from "./hosted-visitor.ts";
import { inChild } from "./in-child.ts";

export type ProtectedWay =
  /** Our session manager, a token that it has verified before. */
  | "seen"
  /** The same without its memory. */
  | "unseen"
  /** authkit-nextjs's `authkit(request)`. */
  | "authkit"
  /** @workos-inc/node's `loadSealedSession().authenticate()`. */
  | "node";

export interface ProtectedInput {
  readonly serverUrl: string;
  readonly publicUrl: string;
  readonly clientId: string;
  readonly apiKey: string;
  readonly answers: readonly HostedSession[];
  readonly timing: RoundTiming;
}

const SESSIONS = 64;

/** With sessions that the real server began and keys that it publishes. */
export async function measureProtectedRequest(
  latchkey: Latchkey,
  timing: RoundTiming,
): Promise<Costs<ProtectedWay>> {
  const { server, hosted } = latchkey;
  const answers: HostedSession[] = [];
  for (let index = 0; index < SESSIONS; index += 1) {
    answers.push(await signInOnPages(latchkey, 0xff0000 + index));
  }
  return inChild<ProtectedInput, Costs<ProtectedWay>>(
    new URL("./protected-process.ts", import.meta.url),
    {
      serverUrl: `http://127.0.0.1:${server.port}`,
      publicUrl: "https://sessions.example.com",
      clientId: hosted.clientId,
      apiKey: hosted.apiKey,
      answers,
      timing,
    },
  );
}
