/** Where an app's servers want to be told. */
import { LatchkeyError } from "@latchkey/core/errors";
import { newCuid } from "../apps/ids.ts";
import { type MasterKey, openText, sealText } from "../keys/master-key.ts";
import { type AddressRules, addressProblem } from "../outbound/address-rules.ts";
import type { WebhookEndpoint, WebhookStore } from "../storage/store.ts";
import { newWebhookSecret } from "./signature.ts";

/** Each event is written and sent once for each of them. */
const MAX_ENDPOINTS = 20;

export interface EndpointDeps {
  readonly store: WebhookStore;
  readonly master: MasterKey;
  readonly rules: AddressRules;
}

export interface NewEndpoint {
  readonly appId: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
}

/** `secret` can be read this once. */
export async function createEndpoint(
  { store, master, rules }: EndpointDeps,
  input: NewEndpoint,
): Promise<{ id: string; secret: string }> {
  const url = checkedUrl(input.url, rules);
  const id = `ep_${newCuid()}`;
  const secret = newWebhookSecret();
  const endpoint = { ...input, id, url, sealedSecret: await seal(master, id, secret) };
  if (await store.createEndpoint(endpoint, MAX_ENDPOINTS)) return { id, secret };
  throw new LatchkeyError(
    "too_many_webhooks",
    409,
    `An app has at most ${MAX_ENDPOINTS} webhook endpoints. Delete one, or let one of them pass events on.`,
  );
}

/** The new secret, readable this once; the one before signs beside it for `overlapMs`. */
export async function rotateWebhookSecret(
  { store, master }: EndpointDeps,
  { id }: Pick<WebhookEndpoint, "id">,
  overlapMs: number,
): Promise<string> {
  const secret = newWebhookSecret();
  await store.replaceSecret(id, await seal(master, id, secret), overlapMs);
  return secret;
}

/** Those that sign now, the newest first. */
export async function secretsOf(
  master: MasterKey,
  endpoint: WebhookEndpoint,
  now: number,
): Promise<string[]> {
  const { id, sealedSecret, previousSealedSecret, previousExpiresAt } = endpoint;
  const open = (sealed: string) => openText(master, "webhook-secret", id, sealed);
  const isLive = previousSealedSecret !== null && (previousExpiresAt ?? 0) > now;
  return [await open(sealedSecret), ...(isLive ? [await open(previousSealedSecret)] : [])];
}

/** @throws LatchkeyError 400 `invalid_data`, beside the field. */
export function checkedUrl(text: string, rules: AddressRules): string {
  const url = URL.parse(text);
  const problem = url === null ? "is not a web address" : addressProblem(url, rules);
  if (url !== null && problem === null) {
    // Never sent, and a sign of an address copied from somewhere else.
    url.hash = "";
    return url.href;
  }
  const words = `The address ${problem}.`;
  throw new LatchkeyError("invalid_data", 400, words, { fields: { url: words } });
}

const seal = (master: MasterKey, id: string, secret: string) =>
  sealText(master, "webhook-secret", id, secret);
