import { readFileSync } from "node:fs";
import { ConfigurationError, type ProductionConfig } from "../config/config.ts";
import type { CertificateOptions } from "../serve-certificates.ts";

/** Null when nothing here answers with certificates; none are asked for then. */
export function certificateOptions(config: ProductionConfig): CertificateOptions | null {
  const { tlsPort, certificatesPort: port, certificatesToken: token } = config;
  const { acmeEabKid: kid, acmeEabHmacKey: hmacKey } = config;
  const problems: string[] = [];
  if (port !== null && token === null) {
    problems.push("LATCHKEY_CERTIFICATES_TOKEN is missing: LATCHKEY_CERTIFICATES_PORT needs it");
  }
  const { acmeDnsPort, cnameZone } = config;
  if (acmeDnsPort !== null && cnameZone === null) {
    problems.push("LATCHKEY_CNAME_ZONE is missing: LATCHKEY_ACME_DNS_PORT answers below it");
  }
  if ((kid === null) !== (hmacKey === null)) {
    problems.push("LATCHKEY_ACME_EAB_KID and LATCHKEY_ACME_EAB_HMAC_KEY belong together");
  }
  let directoryCa: string | null = null;
  if (config.acmeCaFile !== null) {
    try {
      directoryCa = readFileSync(config.acmeCaFile, "utf8");
    } catch (error) {
      problems.push(`LATCHKEY_ACME_CA_FILE cannot be read: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (tlsPort === null && port === null) return null;
  return {
    directoryUrl: config.acmeDirectory,
    email: config.acmeEmail,
    directoryCa,
    externalAccount: kid !== null && hmacKey !== null ? { kid, hmacKey } : null,
    tlsPort,
    challengeDns:
      acmeDnsPort !== null && cnameZone !== null
        ? { port: acmeDnsPort, zone: `acme.${cnameZone}` }
        : null,
    handover: port !== null && token !== null ? { port, token } : null,
  };
}
