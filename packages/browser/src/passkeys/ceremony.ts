import type { PasskeyInitAnswer } from "@latchkey/core/protocol/passkeys";
import type { LatchkeyClient } from "../client.ts";
import { browserCredentials, type PasskeyCredentials } from "./authenticator.ts";

/** What a ceremony needs of a client. */
export type PasskeyClient = Pick<LatchkeyClient, "internals" | "getAccessToken">;

export interface PasskeyOptions {
  /** The verified domain, for a page outside of it whose origin is published as related. */
  readonly relyingParty?: string | undefined;
  /** Closes the browser's dialog; nothing that reached the server is undone. */
  readonly signal?: AbortSignal | undefined;
  /** Default: `navigator.credentials`. */
  readonly credentials?: PasskeyCredentials | undefined;
}

/** A browser has one ceremony at a time: the later one closes the earlier, autofill above all. */
const running = new WeakMap<object, AbortController>();

export interface Ceremony {
  readonly credentials: PasskeyCredentials;
  readonly signal: AbortSignal;
  readonly end: () => void;
}

export function beginCeremony({ internals }: PasskeyClient, options: PasskeyOptions): Ceremony {
  const credentials = options.credentials ?? browserCredentials();
  const own = new AbortController();
  const stop = () => own.abort();
  running.get(internals)?.abort();
  running.set(internals, own);
  if (options.signal?.aborted) own.abort();
  options.signal?.addEventListener("abort", stop);
  const end = () => {
    options.signal?.removeEventListener("abort", stop);
    if (running.get(internals) === own) running.delete(internals);
  };
  return { credentials, signal: own.signal, end };
}

/** Asks for what the authenticator is to answer. */
export async function optionsFor<T>(
  { internals: { context, config } }: PasskeyClient,
  what: "authenticate" | "register" | "link",
  { relyingParty }: PasskeyOptions,
  bearer?: string,
): Promise<T> {
  context.open();
  await config.ensure();
  const body = relyingParty === undefined ? {} : { relying_party: relyingParty };
  const call = context.call<PasskeyInitAnswer<T>>(`/passkeys/${what}/init`, { body, bearer });
  return (await context.wait(call)).body.options;
}
