/** What one measurement sends. `{token}` stands once, in a header or in the body. */
export interface RequestTemplate {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadJob {
  readonly port: number;
  readonly connections: number;
  /** Ends after this time, or after this many requests. */
  readonly until: { readonly ms: number } | { readonly requests: number };
  readonly request: RequestTemplate;
  /** One for each session; each connection has its own and takes them in turn. */
  readonly tokens: readonly string[];
  /** Whether each answer's `refresh_token` is what the session sends next. */
  readonly rotates: boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds, as the client saw them. */
  readonly latency: { readonly p50: number; readonly p99: number };
  /** Answers whose refresh token was another than the one sent. */
  readonly moved: number;
  /** CPU of the client itself. */
  readonly clientCpuMicros: number;
  /** What the sessions would send next. */
  readonly tokens: readonly string[];
}

export type LoadMessage = { readonly result: LoadResult } | { readonly error: string };
