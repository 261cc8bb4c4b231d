/** A growing array of bytes, and how the packed form writes numbers, texts and tokens into it. */
import { unsetBytes, utf8, writeFromBase64url } from "../encoding.ts";

export interface ByteOutput {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/** More than most sessions need; what needs more is copied once or twice. */
const FIRST_SIZE = 2_048;
/** A number in LEB128 has five bytes at most. */
const VARINT_SIZE = 5;
const LONE_SURROGATE = /\p{Surrogate}/u;

export function newOutput(): ByteOutput {
  return { bytes: unsetBytes(FIRST_SIZE), length: 0 };
}

/** Makes room for `count` bytes more. It may replace `output.bytes`: look that up afterwards. */
function reserve(output: ByteOutput, count: number): void {
  const needed = output.length + count;
  if (needed <= output.bytes.byteLength) return;
  const larger = unsetBytes(needed * 2);
  larger.set(output.bytes.subarray(0, output.length));
  output.bytes = larger;
}

export function writeZeros(output: ByteOutput, count: number): void {
  reserve(output, count);
  output.bytes.fill(0, output.length, output.length + count);
  output.length += count;
}

export function writeVarint(output: ByteOutput, value: number): void {
  reserve(output, VARINT_SIZE);
  output.length = putVarint(output.bytes, output.length, value);
}

/** Seven bits to a byte, lowest first; the high bit says that more follow (LEB128). Says where it ends. */
function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}

/**
 * A header of its length times `factor` plus `kind`, then its UTF-8. False, with nothing that counts
 * written, for a text that has none: it holds half of a surrogate pair, which JSON escapes.
 */
export function writeText(output: ByteOutput, text: string, factor: number, kind: number): boolean {
  const { length } = text;
  reserve(output, length + VARINT_SIZE);
  const { bytes } = output;
  const start = putVarint(bytes, output.length, length * factor + kind);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return writeUnicode(output, text, factor, kind);
    bytes[start + i] = unit;
  }
  output.length = start + length;
  return true;
}

function writeUnicode(output: ByteOutput, text: string, factor: number, kind: number): boolean {
  const size = sizeWithoutSurrogates(text);
  if (size === null) return writeAnyUnicode(output, text, factor, kind);
  writeVarint(output, size * factor + kind);
  reserve(output, size);
  const { bytes } = output;
  let at = output.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes[at++] = unit;
    else {
      if (unit < 0x800) bytes[at++] = 0xc0 | (unit >> 6);
      else {
        bytes[at++] = 0xe0 | (unit >> 12);
        bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
      }
      bytes[at++] = 0x80 | (unit & 0x3f);
    }
  }
  output.length = at;
  return true;
}

/** In UTF-8; null when there are surrogates, paired or not. */
function sizeWithoutSurrogates(text: string): number | null {
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit & 0xf800) === 0xd800) return null;
    size += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  return size;
}

function writeAnyUnicode(output: ByteOutput, text: string, factor: number, kind: number): boolean {
  if (LONE_SURROGATE.test(text)) return false;
  const bytes = utf8(text);
  writeVarint(output, bytes.byteLength * factor + kind);
  reserve(output, bytes.byteLength);
  output.bytes.set(bytes, output.length);
  output.length += bytes.byteLength;
  return true;
}

/**
 * A header of how many bytes the base64url `text` encodes, doubled, plus 1, then those bytes. False,
 * with nothing that counts written, for what is not the one spelling of them.
 */
export function writeDecoded(output: ByteOutput, text: string): boolean {
  const size = Math.floor((text.length * 3) / 4);
  reserve(output, size + VARINT_SIZE);
  const start = putVarint(output.bytes, output.length, size * 2 + 1);
  if (!writeFromBase64url(output.bytes, start, text)) return false;
  output.length = start + size;
  return true;
}
