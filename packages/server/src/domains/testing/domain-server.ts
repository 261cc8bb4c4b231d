import { openTestServer, type TestServer } from "../../http/testing/test-server.ts";
import type { DomainStatus } from "../domains.ts";
import { openZoneWorld, type ServerFault, type ZoneWorld } from "./zone-world.ts";

/** The operator's own names. */
export const OPERATOR_ZONES = `
  sessions.example.com A 203.0.113.7
  *.cname.sessions.example.com CNAME sessions.example.com`;

export interface DomainServer {
  readonly server: TestServer;
  readonly world: ZoneWorld;
  advance(ms: number): void;
  close(): Promise<void>;
}

/** A server whose DNS is in memory and whose clock stands still unless advanced. */
export async function openDomainServer(
  options: { readonly zone?: string | null; readonly servers?: Record<string, ServerFault> } = {},
): Promise<DomainServer> {
  let clock = Date.now();
  const world = openZoneWorld(OPERATOR_ZONES, options.servers);
  const { zone = "cname.sessions.example.com" } = options;
  const server = await openTestServer({
    dns: world.dns,
    now: () => clock,
    settings: {
      domains: {
        cnameZone: zone,
        dnsServers: [],
        acmeDirectory: "https://acme-v02.api.letsencrypt.org/directory",
      },
    },
  });
  return {
    server,
    world,
    advance(ms) {
      clock += ms;
    },
    close: () => server.close(),
  };
}

/** The zone in which somebody has set all that is required of them. */
export function zoneWith({ domain, records }: DomainStatus): string {
  const lines = records
    .filter(({ isOptional }) => !isOptional)
    .map(({ name, type, value }) => `${name} ${type} ${value}`);
  return [OPERATOR_ZONES, `${domain.domain} NS ns1.dns.example`, ...lines].join("\n");
}
