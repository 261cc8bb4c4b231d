import type { Services } from "../services.ts";
import type { FlowPurpose } from "./flow-purpose.ts";

export type FlowDeps = Pick<Services, "store" | "master" | "upstream" | "directory" | "now">;

/** What is kept while the browser is at the provider. */
export interface Flow {
  /** Whom it was sent to; an answer of any other is refused. */
  readonly issuer: string;
  readonly callbackUrl: string;
  /** Null where the provider gives none back. */
  readonly nonce: string | null;
  /** PKCE, ours at the provider; null where it refuses one. */
  readonly verifier: string | null;
  readonly purpose: FlowPurpose;
}
