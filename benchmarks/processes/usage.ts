export interface Usage {
  /** Since the process began: all threads, user and system. */
  readonly cpuMicros: number;
  readonly rssBytes: number;
  /** What its JavaScript still refers to; counted only after collecting garbage. */
  readonly liveBytes: number | null;
}

export interface UsageQuestion {
  readonly kind: "usage";
  readonly collectGarbage: boolean;
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
