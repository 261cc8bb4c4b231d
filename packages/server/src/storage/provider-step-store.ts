/**
 * What a sign-in at a provider keeps between its steps: `flow` from here to the provider and back,
 * `proof` from the callback to whoever asks for the session, `transfer` until the user agrees that an
 * account moves.
 */
export type ProviderStepKind = "flow" | "proof" | "transfer";

export interface ProviderStep {
  /** Keyed hash of the state or code that the browser carries. */
  readonly id: string;
  readonly appId: string;
  readonly providerId: string;
  readonly kind: ProviderStepKind;
  /** Opens with the master key and the state or code together. */
  readonly sealed: string;
}

export interface ProviderStepStore {
  create(step: ProviderStep & { readonly lifetimeMs: number }): Promise<void>;
  /** Null once it ran out, or, unless `evenUsed`, was used. It stays as it is. */
  find(
    kind: ProviderStepKind,
    id: string,
    options?: { readonly evenUsed?: boolean },
  ): Promise<ProviderStep | null>;
  /** The same, and uses it up: of several callers one gets it (ASVS 6.5.1). */
  take(kind: ProviderStepKind, id: string): Promise<ProviderStep | null>;
}
