/** What a process has used since it began: all threads, user and system. */
export interface Usage {
  readonly cpuMicros: number;
  readonly rssBytes: number;
}

export interface UsageQuestion {
  readonly kind: "usage";
}

export interface UsageAnswer {
  readonly kind: "usage";
  readonly usage: Usage;
}

/** A server that makes its own sessions tells their tokens. */
export interface SeedsAnswer {
  readonly kind: "seeds";
  readonly tokens: readonly string[];
}
