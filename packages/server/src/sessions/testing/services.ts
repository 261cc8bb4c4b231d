import type { Mail } from "../../mail/mailer.ts";
import { openServices } from "../../main.ts";
import type { Services } from "../../services.ts";
import { MASTER_KEY } from "./engine.ts";

export interface TestServicesOptions {
  readonly databaseUrl: string;
  readonly now?: () => number;
  readonly onMail?: (mail: Mail) => void;
}

/** A whole server as production composes it, without listening; its mail goes to `onMail`. */
export function openTestServices(options: TestServicesOptions): Promise<Services> {
  const quiet = () => undefined;
  const { databaseUrl, now, onMail } = options;
  return openServices({
    databaseUrl,
    masterKey: MASTER_KEY,
    mailer: { send: async (mail) => onMail?.(mail) },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    settings: {
      sessions: { accessTokenTtl: 3600, refreshWindow: 120 },
      publicUrl: () => "https://sessions.example.com",
      secure: true,
      limitByIp: true,
      metricsToken: undefined,
      domains: { cnameZone: null, dnsServers: [], acmeDirectory: "https://ca.example/directory" },
      allowPrivateAddresses: false,
    },
    ...(now && { now }),
  });
}
