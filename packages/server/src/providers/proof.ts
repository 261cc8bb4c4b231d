/**
 * What a provider proved, on its way from the callback to whoever asks for the session: by a code that
 * is good once and for two minutes.
 */
import type { ProviderStep } from "../storage/store.ts";
import type { FinishedFlow } from "./finish-flow.ts";
import type { FlowPurpose } from "./flow-purpose.ts";
import { findStep, keepStep, type StepDeps } from "./flow-step.ts";
import type { ProviderIdentity, ProviderTokens } from "./identity.ts";

export interface Proof {
  readonly purpose: FlowPurpose;
  readonly identity: ProviderIdentity;
  /** Null where the app is not handed them. */
  readonly tokens: ProviderTokens | null;
}

export interface FoundProof extends Proof {
  /** Spent with what it is used for: see ProviderProof. */
  readonly step: ProviderStep;
}

/** Answers the code. */
export function keepProof(
  deps: StepDeps,
  { app, provider, purpose, identity, tokens }: Extract<FinishedFlow, { kind: "proven" }>,
): Promise<string> {
  const of = { appId: app.id, providerId: provider.id, kind: "proof" } as const;
  return keepStep<Proof>(deps, of, {
    purpose,
    identity,
    tokens: provider.returnTokens ? tokens : null,
  });
}

/** Null for a code that is none of this server, ran out, or, unless `evenUsed`, was used. */
export async function findProof(
  deps: StepDeps,
  code: string,
  options: { readonly evenUsed?: boolean } = {},
): Promise<FoundProof | null> {
  const found = await findStep<Proof>(deps, "proof", code, options);
  return found && { ...found.content, step: found.step };
}
