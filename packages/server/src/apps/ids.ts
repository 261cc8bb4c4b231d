import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** `c` and 24 random letters and digits: the cuid form that the browser protocol's clients check. */
export function newCuid(): string {
  return `c${randomText(24)}`;
}

export function newClientId(): string {
  return `client_${randomText(26)}`;
}

/** An app client: one of the places that an app is used from, such as its mobile app. */
export function newAppClientId(): string {
  return `client-${randomText(32)}`;
}

export function newServerUserId(): string {
  return `user_${randomText(26)}`;
}

export function newOrganizationId(): string {
  return `org_${randomText(26)}`;
}

export function newMembershipId(): string {
  return `om_${randomText(26)}`;
}

/** A provider that users sign in with: a connection of the app-server protocol. */
export function newConnectionId(): string {
  return `conn_${randomText(26)}`;
}

/** 256 random bits. */
export function newSecret(prefix: string): string {
  return `${prefix}_${base64url(crypto.randomBytes(32))}`;
}

/** Evenly distributed: bytes that would favour some letters are thrown away. */
function randomText(length: number): string {
  const fair = 256 - (256 % ALPHABET.length);
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.randomBytes(length * 2)) {
      if (byte < fair && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}
