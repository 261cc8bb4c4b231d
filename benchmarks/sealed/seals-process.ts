/** Measures sealing and opening one session of 2 KB, as a process of its own. */
import { createKeyRing } from "@latchkey/core/sealed/key-ring";
import { sealData, unsealData } from "iron-session";
import { defaults, seal, unseal } from "iron-webcrypto";
import { type Costs, cpuRounds, type RoundTiming } from "./cpu-rounds.ts";
import { answerParent } from "./in-child.ts";
import { sessionOf2Kb } from "./session-of-2-kb.ts";

export type SealWay =
  | "sealCompact"
  | "openCompact"
  | "sealIron"
  | "openIron"
  | "sealIronWebcrypto"
  | "openIronWebcrypto"
  | "sealIronSession"
  | "openIronSession";

export interface SealCosts {
  readonly costs: Costs<SealWay>;
  /** Characters of the sealed value. */
  readonly lengths: { readonly compact: number; readonly iron: number };
}

const password = "a cookie password of more than 32 characters";
const purpose = "wos-session";
const options = { password };

answerParent<RoundTiming, SealCosts>(async (timing) => {
  const session = sessionOf2Kb();
  const passwords = [{ id: "1", secret: password }];
  const ring = createKeyRing(passwords);
  const ironRing = createKeyRing(passwords, { format: "iron" });
  const compact = await ring.seal(session, { purpose });
  const iron = await ironRing.seal(session, { purpose });
  const webcrypto = await seal(session, password, defaults);
  const ironSession = await sealData(session, options);
  const now = Date.now();
  const costs = await cpuRounds(
    {
      sealCompact: () => ring.seal(session, { purpose }),
      sealIronSession: () => sealData(session, options),
      sealIronWebcrypto: () => seal(session, password, defaults),
      sealIron: () => ironRing.seal(session, { purpose }),
      openCompact: async () => opened(await ring.open(compact, { purpose, now })),
      openIronSession: () => unsealData(ironSession, options),
      openIronWebcrypto: () => unseal(webcrypto, password, defaults),
      openIron: async () => opened(await ring.open(iron, { purpose, now })),
    },
    timing,
  );
  return { costs, lengths: { compact: compact.length, iron: iron.length } };
});

function opened(result: { readonly ok: boolean }): void {
  if (!result.ok) throw new Error("a good seal did not open");
}
