import type { RequestTemplate } from "../load/load-job.ts";
import type { ServerProcess } from "../processes/server-process.ts";

/** One kind of request against one server. */
export interface Scenario {
  /** What `--only` takes. */
  readonly name: string;
  readonly title: string;
  /** Starts its server, or joins one that runs, and makes its sessions. */
  open(): Promise<OpenScenario>;
}

export interface OpenScenario {
  readonly server: ServerProcess;
  readonly request: RequestTemplate;
  readonly tokens: readonly string[];
  readonly rotates: boolean;
  /** What its database's own processes have used; null where that cannot be seen. */
  databaseCpuMicros?(): number | null;
  /** Changes when, and only when, anything is committed; counts commits where it can. */
  writes?(): Promise<number>;
  /** Whether a request must write. */
  readonly expectsWrites?: boolean;
}

export const CONNECTIONS = 32;
/** More than connections, so that a commit touches many pages and no session is limited. */
export const SESSIONS = 1024;
/** Of those that nothing changes fewer are enough. */
export const STEADY_SESSIONS = 256;
