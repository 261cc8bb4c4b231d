/** Everything a request can use, built once by the composition root and passed down. */
import type { AppDirectory } from "./apps/app-directory.ts";
import type { OneTimeCodes } from "./codes/one-time-codes.ts";
import type { DomainConfig } from "./config/config.ts";
import type { Domains } from "./domains/domains.ts";
import type { InsightCounters } from "./insight/counters.ts";
import type { MasterKey } from "./keys/master-key.ts";
import type { SigningKeys } from "./keys/signing-keys.ts";
import type { TokenKeyRing } from "./keys/token-keys.ts";
import type { Outbox } from "./mail/mailer.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { OutboundFetch } from "./outbound/outbound-fetch.ts";
import type { ProviderDirectory } from "./providers/provider-directory.ts";
import type { Upstream } from "./providers/upstream.ts";
import type { ClockGuard } from "./sessions/clock-guard.ts";
import type { DeclaredLoss } from "./sessions/declared-loss.ts";
import type { SessionDefaults } from "./sessions/policy.ts";
import type { RefreshLimiter } from "./sessions/refresh-limiter.ts";
import type { Store } from "./storage/store.ts";
import type { CustomJwtVerifier } from "./users/custom-jwt.ts";
import type { PasswordHasher } from "./users/password-hasher.ts";

/** The part of a pino logger that the server uses. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A file of a prebuilt page; null when there is none of that name. */
export type Assets = (
  path: string,
) => Promise<{ readonly body: Uint8Array<ArrayBuffer>; readonly type: string } | null>;

export interface Services {
  readonly store: Store;
  readonly master: MasterKey;
  readonly directory: AppDirectory;
  readonly providers: ProviderDirectory;
  readonly domains: Domains;
  readonly signingKeys: SigningKeys;
  readonly tokenKeys: TokenKeyRing;
  readonly codes: OneTimeCodes;
  readonly outbox: Outbox;
  readonly customJwt: CustomJwtVerifier;
  /** Asks servers that an app's administrators name. */
  readonly outbound: OutboundFetch;
  readonly upstream: Upstream;
  /** Null where the runtime has none; no app signs in by password then. */
  readonly passwordHasher: PasswordHasher | null;
  readonly clockGuard: ClockGuard;
  readonly limiter: RefreshLimiter;
  readonly declaredLoss: DeclaredLoss;
  readonly metrics: Metrics;
  readonly insight: InsightCounters;
  readonly dashboard: Assets;
  readonly log: Log;
  readonly now: () => number;
  readonly settings: ServerSettings;
}

export interface ServerSettings {
  readonly sessions: SessionDefaults;
  /** Whether browsers reach this server over https, as its public URL says. */
  readonly secure: boolean;
  /** Per-IP limits; lifted in development so that a test suite can run. */
  readonly limitByIp: boolean;
  /** What Prometheus must send; null leaves /metrics open (development), undefined switches it off. */
  readonly metricsToken: string | null | undefined;
  /**
   * Origin that browsers and apps' servers reach this server at, without a trailing slash. Asked
   * at each use: a server on port 0 knows it only once it listens.
   */
  readonly publicUrl: () => string;
  readonly domains: DomainConfig;
  /** Whether what an app's administrators name may be inside this deployment's own network. */
  readonly allowPrivateAddresses: boolean;
}
