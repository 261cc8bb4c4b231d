import { type ProductionConfig, readConfig } from "../config/config.ts";
import { openServices } from "../main.ts";
import { openLogger } from "../node/logger.ts";
import { smtpMailer } from "../node/smtp-mailer.ts";
import type { CertificateOptions } from "../serve-certificates.ts";
import type { Services } from "../services.ts";
import { certificateOptions } from "./certificate-options.ts";

export interface Production {
  readonly config: ProductionConfig;
  readonly certificates: CertificateOptions | null;
  readonly services: Services;
}

/** Configuration, database and keys of the deployment that the environment describes. */
export async function openProduction(): Promise<Production> {
  const config = readConfig("production", process.env);
  const certificates = certificateOptions(config);
  const services = await openServices({
    mode: "production",
    databaseUrl: config.databaseUrl,
    masterKey: config.masterKey,
    mailer: smtpMailer(config.smtpUrl, config.mailFrom),
    log: openLogger(config.logLevel),
    settings: {
      sessions: config,
      secure: true,
      limitByIp: true,
      metricsToken: config.metricsToken,
      publicUrl: () => config.publicUrl,
      domains: config,
      allowPrivateAddresses: config.allowPrivateAddresses,
    },
  });
  return { config, certificates, services };
}
