/** Signed as Svix and Standard Webhooks sign, so that their libraries verify it. */
import { crypto } from "@latchkey/core/crypto";
import { utf8 } from "@latchkey/core/encoding";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;

export function newWebhookSecret(): string {
  return `${PREFIX}${base64(crypto.randomBytes(SECRET_BYTES))}`;
}

export interface SignedMessage {
  /** The same in every attempt: by it a receiver knows what it has had. */
  readonly id: string;
  /** Of this attempt, in seconds: a receiver refuses what is older than five minutes. */
  readonly timestamp: number;
  readonly body: string;
}

/** One signature by each of the secrets (Standard Webhooks, "Signature scheme"), under both families of names. */
export async function signatureHeaders(
  secrets: readonly string[],
  { id, timestamp, body }: SignedMessage,
): Promise<Record<string, string>> {
  const signatures: string[] = [];
  for (const secret of secrets) {
    const mac = await crypto.hmacSha256(keyOf(secret), utf8(`${id}.${timestamp}.${body}`));
    signatures.push(`v1,${base64(mac)}`);
  }
  const signature = signatures.join(" ");
  return {
    "svix-id": id,
    "svix-timestamp": String(timestamp),
    "svix-signature": signature,
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signature,
  };
}

function keyOf(secret: string): Uint8Array {
  return Uint8Array.from(atob(secret.slice(PREFIX.length)), (char) => char.charCodeAt(0));
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
