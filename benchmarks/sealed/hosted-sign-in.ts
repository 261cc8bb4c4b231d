import type { Latchkey } from "../servers/latchkey.ts";
import { signInOnPages } from "./hosted-visitor.ts";

export interface HostedTiming {
  readonly rounds: number;
  /** Of each round. */
  readonly measureMs: number;
  /** Before the first round, so that the server's code is compiled. */
  readonly compileMs: number;
}

/** One figure per round. */
export interface HostedSignIns {
  /** CPU of the server's process for one whole sign-in, all its threads. */
  readonly cpuMicros: readonly number[];
  /** Finished in a second, with the people and the app's server on the same machine. */
  readonly perSecond: readonly number[];
}

const AT_ONCE = 16;

/** From the app's redirect to its tokens, sixteen people at once. */
export async function measureHostedSignIn(
  latchkey: Latchkey,
  { rounds, measureMs, compileMs }: HostedTiming,
): Promise<HostedSignIns> {
  let people = 0;
  async function signInFor(ms: number): Promise<{ done: number; seconds: number }> {
    const started = performance.now();
    let done = 0;
    async function next(): Promise<void> {
      while (performance.now() - started < ms) {
        people += 1;
        await signInOnPages(latchkey, people);
        done += 1;
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return { done, seconds: (performance.now() - started) / 1_000 };
  }
  const cpuMicros: number[] = [];
  const perSecond: number[] = [];
  await signInFor(compileMs);
  for (let round = 0; round < rounds; round += 1) {
    const before = await latchkey.server.usage();
    const { done, seconds } = await signInFor(measureMs);
    const after = await latchkey.server.usage();
    cpuMicros.push((after.cpuMicros - before.cpuMicros) / done);
    perSecond.push(done / seconds);
  }
  return { cpuMicros, perSecond };
}
