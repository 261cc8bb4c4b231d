/** DNS as the domain checks need it: one question to one server. */
import type { DnsType, Lookup } from "@latchkey/core/domains/observation";

export interface DnsQuestion {
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: DnsType;
}

export interface DnsQuestionOptions {
  /** False for a zone's own server, which is asked for what it holds itself. */
  readonly recursion: boolean;
  /** Asks a validating resolver to answer also what fails DNSSEC (RFC 4035 section 3.2.2). */
  readonly checkingDisabled: boolean;
  readonly signal: AbortSignal;
}

export interface Dns {
  /** Recursive resolvers, as `address`, `address:port` or `[address]:port`. */
  readonly servers: readonly string[];
  /** Never rejects: what went wrong is part of the answer. Gives up when the signal aborts. */
  ask(server: string, question: DnsQuestion, options: DnsQuestionOptions): Promise<Lookup>;
}
