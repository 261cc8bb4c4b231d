import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { exchangeCode } from "./exchange-code.ts";
import type { Flow, FlowDeps } from "./flow.ts";
import type { FlowPurpose } from "./flow-purpose.ts";
import { findStep, takeStep } from "./flow-step.ts";
import type { ProviderIdentity, ProviderTokens } from "./identity.ts";
import { providerClient } from "./provider-client.ts";
import { providerFailure } from "./provider-failure.ts";
import { issuerOf } from "./provider-preset.ts";
import { openProviderSecret } from "./provider-secret.ts";

export interface FinishFlow {
  /** Of the query, or of the form that the provider had posted. */
  readonly params: URLSearchParams;
  /** The path that the browser came back to. */
  readonly path: string;
}

/** What is known once the state proved to be one of ours. */
export interface KnownFlow {
  readonly app: App;
  readonly provider: IdentityProvider;
  readonly purpose: FlowPurpose;
}

export type FinishedFlow =
  | (KnownFlow & {
      readonly kind: "proven";
      readonly identity: ProviderIdentity;
      readonly tokens: ProviderTokens;
    })
  /** The person said no there. */
  | (KnownFlow & { readonly kind: "denied" })
  | { readonly kind: "failed"; readonly known: KnownFlow; readonly error: LatchkeyError }
  /** Nobody can tell which sign-in it belongs to; `over` is the one that it belonged to. */
  | {
      readonly kind: "unknown";
      readonly over: Omit<KnownFlow, "provider"> | null;
      readonly error: LatchkeyError;
    };

/** What providers call it when a person declines; the rest are failures. */
const DENIALS = new Set([
  "access_denied",
  "user_cancelled_authorize",
  "user_cancelled_login",
  "consent_required",
]);

/**
 * What came back from a provider. The state is used up, whatever comes of it. Failures of the provider
 * are results; those of this server are thrown.
 */
export async function finishFlow(deps: FlowDeps, request: FinishFlow): Promise<FinishedFlow> {
  const { params, path } = request;
  const state = onlyValue(params, "state");
  const taken = state === null ? null : await takeStep<Flow>(deps, "flow", state);
  const [app, provider] = taken
    ? await Promise.all([
        deps.directory.find(taken.step.appId),
        deps.store.providers.find(taken.step.appId, taken.step.providerId),
      ])
    : [null, null];
  if (state === null || !taken || !app || !provider) {
    const over = state === null ? null : await usedFlow(deps, state);
    return { kind: "unknown", over, error: stateMismatch() };
  }
  const flow = taken.content;
  const known = { app, provider, purpose: flow.purpose };
  // Mix-up: the answer of one provider to a question that was put to another (RFC 9700 section 4.4).
  const isElsewhere = new URL(flow.callbackUrl).pathname !== path;
  if (isElsewhere || flow.issuer !== issuerOf(provider) || repeats(params)) {
    return failed(known, stateMismatch());
  }
  if (!provider.enabled) return failed(known, notOffered(provider));
  const error = params.get("error");
  if (error !== null && DENIALS.has(error)) return { kind: "denied", ...known };
  try {
    const signal = AbortSignal.timeout(deps.upstream.deadlineMs);
    const secret = await openProviderSecret(deps.master, provider);
    const { upstream } = deps;
    const now = deps.now();
    const client = await providerClient({ upstream, provider, secret, signal, now });
    const input = { upstream, client, flow, state, params, signal, now };
    return { kind: "proven", ...known, ...(await exchangeCode(input)) };
  } catch (cause) {
    return failed(known, providerFailure(provider, cause));
  }
}

/** Of somebody who came here a second time, by the browser's way back for one: where they began. */
async function usedFlow(
  deps: FlowDeps,
  state: string,
): Promise<Omit<KnownFlow, "provider"> | null> {
  const used = await findStep<Flow>(deps, "flow", state, { evenUsed: true });
  const app = used && (await deps.directory.find(used.step.appId));
  return used && app ? { app, purpose: used.content.purpose } : null;
}

const failed = (known: KnownFlow, error: LatchkeyError): FinishedFlow => ({
  kind: "failed",
  known,
  error,
});

/** Null when it is not there, or there twice. */
function onlyValue(params: URLSearchParams, name: string): string | null {
  const [value, ...others] = params.getAll(name);
  return value === undefined || others.length > 0 ? null : value;
}

/** A parameter must not be there twice (RFC 6749 section 3.1). */
const repeats = (params: URLSearchParams): boolean =>
  ["code", "iss", "error", "state"].some((name) => params.getAll(name).length > 1);

/** One answer for a state that was used, ran out, is of another sign-in or was never ours. */
export function stateMismatch(): LatchkeyError {
  return new LatchkeyError(
    "oauth_state_mismatch",
    400,
    "This return from a provider belongs to no sign-in that is under way here: it was used already, is older than ten minutes, or was begun elsewhere. Begin the sign-in again.",
  );
}

export function notOffered(provider: Pick<IdentityProvider, "name">): LatchkeyError {
  return new LatchkeyError(
    "disallowed_login_method",
    403,
    `This app does not sign in with ${provider.name}. Enable the provider in its settings.`,
  );
}
