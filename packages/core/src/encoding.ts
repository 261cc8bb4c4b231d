/** Byte and text encodings that behave the same on Node, edge runtimes and browsers. */

const encoder = new TextEncoder();
// Without ignoreBOM a leading U+FEFF is dropped, and one value would have two spellings.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Throws a TypeError when the bytes are not valid UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

type NodeBuffer = {
  from(
    data: ArrayBufferLike,
    offset: number,
    length: number,
  ): { toString(encoding: string): string };
  from(data: string, encoding: string): Uint8Array<ArrayBuffer>;
};

// Node's Buffer does this about ten times faster than the portable loop.
const nodeBuffer = (globalThis as { Buffer?: NodeBuffer }).Buffer;

/** Base64url without padding (RFC 4648 section 5). */
export function base64url(bytes: Uint8Array): string {
  if (nodeBuffer) {
    return nodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
  }
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const BASE64URL = /^[A-Za-z0-9_-]*$/;
// Of the last character of a text that does not fill its last group, some bits encode nothing:
// only zeros are written there.
const LAST_OF_TWO = "AQgw";
const LAST_OF_THREE = "AEIMQUYcgkosw048";

/**
 * Decodes base64url without padding. Returns null for anything that is not exactly what
 * {@link base64url} would have written, so that one value has one spelling.
 */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const over = text.length % 4;
  if (over === 1 || !BASE64URL.test(text)) return null;
  if (over === 2 && !LAST_OF_TWO.includes(text.slice(-1))) return null;
  if (over === 3 && !LAST_OF_THREE.includes(text.slice(-1))) return null;
  return nodeBuffer ? nodeBuffer.from(text, "base64url") : portableDecode(text);
}

function portableDecode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
