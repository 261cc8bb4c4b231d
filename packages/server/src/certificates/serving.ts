/** What listeners answer with: certificates with their keys opened, and challenges of live orders. */
import { type MasterKey, openText } from "../keys/master-key.ts";
import type { CertificateStore } from "../storage/store.ts";

export interface ServingCertificate {
  readonly version: number;
  /** PEM, leaf first. */
  readonly chain: string;
  readonly keyPem: string;
}

export interface CertificateSource {
  /** Null: this deployment does not answer for the name. "same": its version is `known`. */
  get(hostname: string, known?: number): Promise<ServingCertificate | "same" | null>;
}

export interface CertificateSourceInput {
  readonly store: Pick<CertificateStore, "served">;
  readonly master: MasterKey;
  readonly ownHosts: readonly string[];
}

export function certificateSource(input: CertificateSourceInput): CertificateSource {
  return {
    async get(hostname, known) {
      const found = await input.store.served(hostname, input.ownHosts, known);
      if (found === null || found === "same") return found;
      const { version, chain, sealedKey } = found;
      const keyPem = await openText(input.master, "certificate-key", hostname, sealedKey);
      return { version, chain, keyPem };
    },
  };
}
