/**
 * A step of a sign-in at a provider: the browser carries a random value, the database what it stands
 * for, sealed under the master key and that value together. Neither alone opens it.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { ProviderStep, ProviderStepKind, Store } from "../storage/store.ts";

export interface StepDeps {
  readonly store: Pick<Store, "providerSteps">;
  readonly master: MasterKey;
}

export interface KeptStep<T> {
  readonly step: ProviderStep;
  readonly content: T;
}

const LIFETIME_MS: Readonly<Record<ProviderStepKind, number>> = {
  flow: 10 * 60_000,
  // A page asks for its session as soon as it is there.
  proof: 2 * 60_000,
  transfer: 10 * 60_000,
};

const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** Answers the value that the browser carries: 256 random bits, base64url. */
export async function keepStep<T>(
  { store, master }: StepDeps,
  of: Pick<ProviderStep, "appId" | "providerId" | "kind">,
  content: T,
): Promise<string> {
  const value = base64url(crypto.randomBytes(32));
  const id = await idOf(master, value);
  const text = utf8(JSON.stringify(content));
  const sealed = base64url(await crypto.sealAesGcm(await keyOf(master, value), text, utf8(id)));
  await store.providerSteps.create({ ...of, id, sealed, lifetimeMs: LIFETIME_MS[of.kind] });
  return value;
}

/** Null for a value that is none, ran out, or, unless `evenUsed`, was used. It stays as it is. */
export async function findStep<T>(
  { store, master }: StepDeps,
  kind: ProviderStepKind,
  value: string,
  options: { readonly evenUsed?: boolean } = {},
): Promise<KeptStep<T> | null> {
  if (!VALUE.test(value)) return null;
  const step = await store.providerSteps.find(kind, await idOf(master, value), options);
  return step && open(master, value, step);
}

/** The same, and uses it up. */
export async function takeStep<T>(
  { store, master }: StepDeps,
  kind: ProviderStepKind,
  value: string,
): Promise<KeptStep<T> | null> {
  if (!VALUE.test(value)) return null;
  const step = await store.providerSteps.take(kind, await idOf(master, value));
  return step && open(master, value, step);
}

async function open<T>(
  master: MasterKey,
  value: string,
  step: ProviderStep,
): Promise<KeptStep<T> | null> {
  const sealed = fromBase64url(step.sealed);
  const key = await keyOf(master, value);
  const text = sealed && (await crypto.openAesGcm(key, sealed, utf8(step.id)));
  return text ? { step, content: JSON.parse(fromUtf8(text)) as T } : null;
}

const idOf = (master: MasterKey, value: string): Promise<string> =>
  keyedHash(master, "provider-step", "id", value);

async function keyOf(master: MasterKey, value: string): Promise<Uint8Array> {
  return crypto.sha256(utf8(await keyedHash(master, "provider-step", "seal", value)));
}
