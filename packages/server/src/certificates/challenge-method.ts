/** How a name is proven: by DNS where its owner delegated that to us, else by HTTP. */
import { challengeNameOf } from "@latchkey/core/domains/expectation";
import { aliasChain, recordsOf } from "@latchkey/core/domains/observation";
import type { Dns } from "../domains/dns.ts";
import type { ChallengeType } from "../storage/store.ts";

const TIMEOUT_MS = 5000;

/** @param zone of challenge records that this deployment answers for; null: it answers for none */
export function challengeMethod(
  dns: Dns,
  zone: string | null,
): (hostname: string) => Promise<ChallengeType> {
  return async (hostname) => {
    if (zone === null) return "http-01";
    const question = { name: challengeNameOf(hostname), type: "CNAME" } as const;
    for (const server of dns.servers.slice(0, 2)) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const lookup = await dns.ask(server, question, {
        recursion: true,
        checkingDisabled: false,
        signal,
      });
      if (lookup.kind === "failed") continue;
      const end = aliasChain(question.name, recordsOf(lookup)).at(-1) ?? "";
      return end.endsWith(`.${zone}`) ? "dns-01" : "http-01";
    }
    return "http-01";
  };
}
