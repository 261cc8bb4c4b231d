/** Byte and text encodings that behave the same on Node, edge runtimes and browsers. */

const encoder = new TextEncoder();
// Without ignoreBOM a leading U+FEFF is dropped, and one value would have two spellings.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

type NodeBytes = Uint8Array<ArrayBuffer> & {
  toString(encoding: string, start?: number, end?: number): string;
  write(text: string, at: number, encoding: string): number;
};

type NodeBuffer = {
  isBuffer(value: unknown): boolean;
  allocUnsafe(length: number): Uint8Array<ArrayBuffer>;
  from(data: ArrayBuffer, offset: number, length: number): NodeBytes;
  from(data: string, encoding: string): NodeBytes;
};

// Node's Buffer does all this several times faster than what every runtime has.
const nodeBuffer = (globalThis as { Buffer?: NodeBuffer }).Buffer;

/** Halves of surrogate pairs become U+FFFD. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return nodeBuffer ? nodeBuffer.from(text, "utf8") : encoder.encode(text);
}

/** Throws a TypeError when the bytes are not valid UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * One character for each byte, where that is cheap; null elsewhere. For texts that are found to be
 * ASCII, a slice of it costs a fraction of decoding them.
 */
export function latin1(bytes: Uint8Array): string | null {
  if (!nodeBuffer) return null;
  return asBuffer(bytes, nodeBuffer).toString("latin1");
}

/** For a caller who writes every byte: what is in them is anything. */
export function unsetBytes(length: number): Uint8Array<ArrayBuffer> {
  return nodeBuffer ? nodeBuffer.allocUnsafe(length) : new Uint8Array(length);
}

function asBuffer(bytes: Uint8Array, buffer: NodeBuffer): NodeBytes {
  if (buffer.isBuffer(bytes)) return bytes as NodeBytes;
  return buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** Base64url without padding (RFC 4648 section 5). */
export function base64url(bytes: Uint8Array): string {
  if (nodeBuffer) return asBuffer(bytes, nodeBuffer).toString("base64url");
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Base64url of the text's UTF-8. */
export function textToBase64url(text: string): string {
  return nodeBuffer ? nodeBuffer.from(text, "utf8").toString("base64url") : base64url(utf8(text));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NO_SEXTET = 64;
/** By character code. */
const SEXTETS = new Uint8Array(0x80).fill(NO_SEXTET);
for (let sextet = 0; sextet < 64; sextet++) SEXTETS[ALPHABET.charCodeAt(sextet)] = sextet;
/** Of the last character of a group of 2 or 3, the bits that encode nothing: only zeros count. */
const UNUSED_BITS = [0, 0, 0b1111, 0b11] as const;
/** Shorter texts are read sooner here than by Buffer. */
const LEAST_FOR_BUFFER = 64;

/**
 * Decodes base64url without padding. Returns null for anything that is not exactly what
 * {@link base64url} would have written, so that one value has one spelling.
 */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length >= LEAST_FOR_BUFFER && nodeBuffer) return decodeByBuffer(text, nodeBuffer);
  const bytes = unsetBytes(Math.floor((text.length * 3) / 4));
  return decodeInto(bytes, 0, text) ? bytes : null;
}

/**
 * The same into `bytes`, which have room for three quarters of the text's length from `at` on.
 * False, with some of those bytes changed, where {@link fromBase64url} gives null.
 */
export function writeFromBase64url(bytes: Uint8Array, at: number, text: string): boolean {
  if (text.length < LEAST_FOR_BUFFER || !nodeBuffer) return decodeInto(bytes, at, text);
  if (!isLastGroupRight(text)) return false;
  const buffer = asBuffer(bytes, nodeBuffer);
  const end = at + buffer.write(text, at, "base64url");
  return buffer.toString("base64url", at, end) === text;
}

/** Buffer passes over what is not base64url: only the one spelling comes back as it went in. */
function decodeByBuffer(text: string, buffer: NodeBuffer): Uint8Array<ArrayBuffer> | null {
  if (!isLastGroupRight(text)) return null;
  const bytes = buffer.from(text, "base64url");
  return base64url(bytes) === text ? bytes : null;
}

function decodeInto(bytes: Uint8Array, start: number, text: string): boolean {
  if (!isLastGroupRight(text)) return false;
  const { length } = text;
  let at = start;
  // Whether anything was wrong is asked once, of all the bits that ever were set.
  let units = 0;
  let sextets = 0;
  for (let i = 0, bits = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    const sextet = SEXTETS[unit & 0x7f] as number;
    units |= unit;
    sextets |= sextet;
    bits = (bits << 6) | sextet;
    const place = i & 3;
    if (place !== 0) bytes[at++] = bits >> (6 - 2 * place);
  }
  return units < 0x80 && sextets < NO_SEXTET;
}

function isLastGroupRight(text: string): boolean {
  const over = text.length % 4;
  if (over === 0) return true;
  const last = SEXTETS[text.charCodeAt(text.length - 1) & 0x7f] as number;
  return over !== 1 && (last & (UNUSED_BITS[over] as number)) === 0;
}
