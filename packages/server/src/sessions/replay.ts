/**
 * A repeat of a sign-in with the same Idempotency-Key gets the same session for a minute, because
 * clients retry when an answer is lost (session rule R6). What is kept opens only with the
 * repeated request itself, so the database alone yields no token.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { NewReplay } from "../storage/store.ts";

export interface RepeatableRequest {
  readonly idempotencyKey: string;
  /** App and endpoint: a key is not shared between them. */
  readonly scope: string;
  /** The request body as it arrived. */
  readonly body: string;
}

interface KeptAnswer {
  readonly sid: string;
  readonly r: string;
}

const LIFETIME_MS = 60_000;

export async function replayIds(master: MasterKey, request: RepeatableRequest) {
  const { scope, idempotencyKey, body } = request;
  return {
    id: await keyedHash(master, "replay", "id", scope, idempotencyKey),
    requestHash: await keyedHash(master, "replay", "request", scope, body),
  };
}

export async function sealReplay(
  master: MasterKey,
  request: RepeatableRequest,
  answer: KeptAnswer,
): Promise<NewReplay> {
  const ids = await replayIds(master, request);
  const text = utf8(JSON.stringify(answer));
  const sealed = await crypto.sealAesGcm(await sealingKey(master, request), text, utf8(ids.id));
  return { ...ids, sealedAnswer: base64url(sealed), lifetimeMs: LIFETIME_MS };
}

export async function openReplay(
  master: MasterKey,
  request: RepeatableRequest,
  sealedAnswer: string,
): Promise<KeptAnswer | null> {
  const { id } = await replayIds(master, request);
  const sealed = fromBase64url(sealedAnswer);
  const text =
    sealed && (await crypto.openAesGcm(await sealingKey(master, request), sealed, utf8(id)));
  return text ? (JSON.parse(fromUtf8(text)) as KeptAnswer) : null;
}

/** Needs the master key and the request: key, endpoint and body, one-time code included. */
async function sealingKey(master: MasterKey, request: RepeatableRequest): Promise<Uint8Array> {
  const secret = await keyedHash(
    master,
    "replay",
    "seal",
    request.scope,
    request.idempotencyKey,
    request.body,
  );
  return crypto.sha256(utf8(secret));
}
