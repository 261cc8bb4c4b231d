/** Composes what gets certificates and what answers with them. */
import { setTimeout as wait } from "node:timers/promises";
import { issuerOfDirectory } from "@latchkey/core/domains/issuers";
import type { FetchHandler } from "./app.ts";
import { openCertificates } from "./certificates/certificates.ts";
import { challengeMethod } from "./certificates/challenge-method.ts";
import { caaCheck } from "./certificates/check-caa.ts";
import { certificateSource } from "./certificates/serving.ts";
import { dnsResolver } from "./node/dns-resolver.ts";
import { type Listener, type ListenOptions, listen } from "./node/listen.ts";
import type { Services } from "./services.ts";
import { acmeAuthority } from "./tls/acme-authority.ts";
import { acmeTransport } from "./tls/acme-transport.ts";
import { type Handover, listenForHandover } from "./tls/certificate-handover.ts";
import { type ChallengeDns, listenForChallenges } from "./tls/challenge-dns.ts";
import { tlsServer } from "./tls/handshakes.ts";
import { secureContexts } from "./tls/secure-contexts.ts";

/** How this deployment gets certificates, and what answers with them. */
export interface CertificateOptions {
  readonly directoryUrl: string;
  readonly email: string | null;
  /** PEM; null: the usual CAs. */
  readonly directoryCa: string | null;
  readonly externalAccount: { readonly kid: string; readonly hmacKey: string } | null;
  /** Null: no listener of our own. */
  readonly tlsPort: number | null;
  readonly handover: { readonly port: number; readonly token: string } | null;
  /** The name server for challenge records, and its zone; null: certificates are proven by HTTP. */
  readonly challengeDns: { readonly port: number; readonly zone: string } | null;
}

export interface CertificateService {
  /** Null without a listener of our own. */
  readonly listener: Listener | null;
  /** Null when no challenge record is answered for. */
  readonly challengeDns: ChallengeDns | null;
  /** Null when nothing hands certificates over. */
  readonly handover: Handover | null;
  /** Works once on every certificate that is due. */
  work(): Promise<void>;
  close(graceMs: number): Promise<void>;
}

export async function serveCertificates(
  services: Services,
  app: FetchHandler,
  config: CertificateOptions,
  options: Omit<ListenOptions, "port" | "tlsServer">,
): Promise<CertificateService> {
  const { store, master, log, metrics, now } = services;
  const publicHost = new URL(services.settings.publicUrl()).hostname;
  const ownHosts = isHostName(publicHost) ? [publicHost] : [];
  const dns = dnsResolver(services.settings.domains.dnsServers);
  const source = certificateSource({ store: store.certificates, master, ownHosts });
  const certificates = openCertificates({
    store: store.certificates,
    limits: store.limits,
    master,
    authority: acmeAuthority({ ...config, transport: acmeTransport(config.directoryCa) }),
    checkCaa: caaCheck(dns, issuerOfDirectory(config.directoryUrl)),
    methodFor: challengeMethod(dns, config.challengeDns?.zone ?? null),
    answersDns: config.challengeDns !== null,
    ownHosts,
    log,
    metrics,
    wait: (ms) => wait(ms),
    random: Math.random,
    now,
    newId: () => globalThis.crypto.randomUUID(),
  });
  const find = secureContexts({ source, log, now });
  const open: { close(graceMs: number): Promise<void> }[] = [];
  const opened = <T extends (typeof open)[number]>(each: T): T => {
    open.push(each);
    return each;
  };
  async function listenAll() {
    const { handover, challengeDns, tlsPort } = config;
    const [host = "127.0.0.1"] = options.hosts;
    return {
      handover: handover && opened(await listenForHandover({ ...handover, source, log })),
      challengeDns:
        challengeDns &&
        opened(
          await listenForChallenges({
            zone: {
              name: challengeDns.zone,
              nameServer: publicHost,
              valuesOf: (label) => store.certificates.dnsChallenges(label),
            },
            host,
            port: challengeDns.port,
            log,
          }),
        ),
      listener:
        tlsPort === null
          ? null
          : opened(
              await listen(app, {
                ...options,
                port: tlsPort,
                tlsServer: (settings, listener) =>
                  tlsServer(find, settings, listener, { count: metrics.handshake }),
              }),
            ),
    };
  }
  const closeAll = (graceMs: number) => Promise.all(open.map((each) => each.close(graceMs)));
  const listeners = await listenAll().catch(async (error) => {
    await closeAll(0);
    throw error;
  });
  let working = Promise.resolve();
  return {
    ...listeners,
    work() {
      working = certificates.work();
      return working;
    },
    async close(graceMs) {
      certificates.stop();
      const ended = working.catch(() => undefined);
      await Promise.all([
        closeAll(graceMs),
        Promise.race([ended, wait(graceMs, undefined, { ref: false })]),
      ]);
    },
  };
}

/** CAs issue for names that the public DNS has; an address or a name of one label is none. */
const isHostName = (host: string): boolean =>
  /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/.test(host);
