/** What sealed sessions cost: the seal, a request with one, and signing in. */
import type { Timing } from "../measure/measure-rounds.ts";
import type { Shared } from "../scenarios/shared.ts";
import type { Costs } from "./cpu-rounds.ts";
import { type HostedSignIns, measureHostedSignIn } from "./hosted-sign-in.ts";
import { inChild } from "./in-child.ts";
import { measureProtectedRequest, type ProtectedWay } from "./protected-request.ts";
import type { SealCosts } from "./seals-process.ts";

/** What `--only` takes. */
export const sealedNames = ["seals", "protected-request", "hosted-sign-in"] as const;

export interface SealedResults {
  readonly seals: SealCosts | null;
  readonly protectedRequest: Costs<ProtectedWay> | null;
  readonly hostedSignIn: HostedSignIns | null;
}

export async function measureSealed(
  shared: Shared,
  isChosen: (name: string) => boolean,
  { rounds, measureMs, compileMs }: Timing,
  say: (text: string) => void,
): Promise<SealedResults> {
  const when = async <T>(
    name: (typeof sealedNames)[number],
    what: string,
    measure: () => Promise<T>,
  ) => {
    if (!isChosen(name)) return null;
    say(what);
    return measure();
  };
  const latchkey = async () => (await shared.sqlite()).latchkey;
  const timing = { rounds, measureMs: measureMs / 4 };
  const seals = new URL("./seals-process.ts", import.meta.url);
  return {
    seals: await when("seals", "sealing and opening sessions", () => inChild(seals, timing)),
    protectedRequest: await when("protected-request", "requests with a sealed session", async () =>
      measureProtectedRequest(await latchkey(), timing),
    ),
    hostedSignIn: await when("hosted-sign-in", "signing in on the hosted pages", async () =>
      measureHostedSignIn(await latchkey(), { rounds, measureMs, compileMs: 2 * compileMs }),
    ),
  };
}
