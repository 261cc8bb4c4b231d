/** TLS contexts by server name, from the store, kept while they are used. */
import { createSecureContext, type SecureContext } from "node:tls";
import type { CertificateSource } from "../certificates/serving.ts";
import type { Log } from "../services.ts";

export interface SecureContextsInput {
  readonly source: CertificateSource;
  readonly log: Pick<Log, "warn">;
  readonly now: () => number;
  /** Contexts kept at most. */
  readonly most?: number;
}

/** Null for names that this deployment does not answer for. */
export type FindContext = (serverName: string) => Promise<SecureContext | null>;

/** A new certificate, or the end of one, takes effect everywhere within this time. */
const FRESH_MS = 5000;
/** Older than that, a handshake waits for the store before it takes what was known. */
const STALE_MS = 60_000;
const MOST = 10_000;
/** After a failure, a name that was not known before is looked for again this soon. */
const FAILED_MS = 1000;
/** Names that nobody has are asked for by strangers: their questions stay few. */
const MOST_LOADING = 64;
const MOST_UNKNOWN = 10_000;
/** RFC 1035 section 2.3.4, with at least two labels. */
const NAME =
  /^(?=.{3,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

interface Entry {
  readonly version: number;
  readonly context: SecureContext;
  checkedAt: number;
}

/**
 * While the database is away, what was answered before is answered on: certificates are public, and
 * an outage of ours must not look like an attack to browsers.
 */
export function secureContexts(input: SecureContextsInput): FindContext {
  const { source, now, most = MOST } = input;
  const entries = new Map<string, Entry>();
  const unknown = new Map<string, number>();
  const loading = new Map<string, Promise<SecureContext | null>>();

  async function load(name: string, known: Entry | undefined): Promise<SecureContext | null> {
    try {
      const found = await source.get(name, known?.version);
      if (found === "same" && known) return keep(name, { ...known, checkedAt: now() });
      if (found === null || found === "same") {
        entries.delete(name);
        note(unknown, name, now(), MOST_UNKNOWN);
        return null;
      }
      const { version, chain, keyPem } = found;
      const context = createSecureContext({ cert: chain, key: keyPem, minVersion: "TLSv1.2" });
      return keep(name, { version, context, checkedAt: now() });
    } catch (error) {
      input.log.warn({ err: error, name }, "the certificate of a handshake could not be read");
      if (known) return known.context;
      note(unknown, name, now() - FRESH_MS + FAILED_MS, MOST_UNKNOWN);
      return null;
    }
  }

  function keep(name: string, entry: Entry): SecureContext {
    unknown.delete(name);
    note(entries, name, entry, most);
    return entry.context;
  }

  function loadOnce(name: string, known: Entry | undefined): Promise<SecureContext | null> {
    const running = loading.get(name);
    if (running) return running;
    if (loading.size >= MOST_LOADING) return Promise.resolve(known?.context ?? null);
    const started = load(name, known).finally(() => loading.delete(name));
    loading.set(name, started);
    return started;
  }

  return async (serverName) => {
    const name = serverName.toLowerCase();
    const known = entries.get(name);
    if (!known) {
      if (!NAME.test(name)) return null;
      const missedAt = unknown.get(name);
      const missed = missedAt !== undefined && Math.abs(now() - missedAt) < FRESH_MS;
      return missed ? null : loadOnce(name, undefined);
    }
    const age = Math.abs(now() - known.checkedAt);
    if (age >= STALE_MS) return loadOnce(name, known);
    if (age >= FRESH_MS) void loadOnce(name, known);
    // Last in the order of a Map is what was used last.
    entries.delete(name);
    entries.set(name, known);
    return known.context;
  };
}

/** Puts it last, and lets go of what was not used for longest. */
function note<T>(map: Map<string, T>, name: string, value: T, most: number): void {
  map.delete(name);
  map.set(name, value);
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
