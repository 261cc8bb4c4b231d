/**
 * JSON values in fewer bytes: known member names are one byte, and texts that are base64url, such
 * as the parts of a JWT, are stored as the bytes they encode.
 *
 * This is no compression, and there must never be one: how long compressed text is tells how much
 * it repeats, so whoever chooses a part of it (a name, a profile) and sees the size of the cookie
 * can guess the secrets beside it (CRIME, CVE-2012-4929; RFC 8725 section 3.6). Here the length of
 * each text depends on that text alone.
 */
import {
  type ByteOutput,
  newOutput,
  writeDecoded,
  writeText,
  writeVarint,
  writeZeros,
} from "./byte-output.ts";
import { KIND, KNOWN_NAMES, MAX_DEPTH, NAME } from "./packed-json-format.ts";

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

const knownIndex = new Map(KNOWN_NAMES.map((name, index) => [name, index]));

/** Of a text between dots: shorter ones are not worth packing. */
const LEAST_PACKED = 16;
const TOKEN_CHARACTERS = new Uint8Array(0x80);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") {
  TOKEN_CHARACTERS[character.charCodeAt(0)] = 1;
}

/**
 * Begins with `reserved` zero bytes for the caller to fill. Members that are undefined are left
 * out, as JSON.stringify does; anything else that JSON has not is a TypeError.
 */
export function packJson(value: JsonValue, reserved = 0): Uint8Array<ArrayBuffer> {
  const output = newOutput();
  writeZeros(output, reserved);
  writeValue(output, value, 0);
  return output.bytes.subarray(0, output.length);
}

function writeValue(output: ByteOutput, value: JsonValue, depth: number): void {
  if (typeof value === "string") writeString(output, value);
  else if (typeof value === "number" && Number.isFinite(value)) writeJson(output, value);
  else if (value === null) writeHeader(output, KIND.constant, 0);
  else if (typeof value === "boolean") writeHeader(output, KIND.constant, value ? 2 : 1);
  else if (depth === MAX_DEPTH) throw new TypeError(`Nested over ${MAX_DEPTH} levels deep.`);
  else if (Array.isArray(value)) writeArray(output, value, depth);
  else if (isPlainObject(value)) writeObject(output, value, depth);
  else throw new TypeError(`Only JSON can be sealed, not ${typeof value} ${String(value)}.`);
}

function writeArray(output: ByteOutput, items: readonly JsonValue[], depth: number): void {
  writeHeader(output, KIND.array, items.length);
  for (const item of items) writeValue(output, item, depth + 1);
}

function writeObject(
  output: ByteOutput,
  value: Record<string, JsonValue | undefined>,
  depth: number,
): void {
  const names = Object.keys(value);
  let count = 0;
  for (const name of names) if (value[name] !== undefined) count++;
  writeHeader(output, KIND.object, count);
  for (const name of names) {
    const member = value[name];
    if (member === undefined) continue;
    writeName(output, name);
    writeValue(output, member, depth + 1);
  }
}

function isPlainObject(value: unknown): value is Record<string, JsonValue | undefined> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function writeString(output: ByteOutput, text: string): void {
  if (looksPackable(text) && writePacked(output, text)) return;
  if (!writeText(output, text, 8, KIND.text)) writeJson(output, text);
}

/** A guess that costs little. Tokens and ids pass; addresses, times and sentences seldom do. */
function looksPackable(text: string): boolean {
  if (text.length < LEAST_PACKED) return false;
  for (let i = 0; i < LEAST_PACKED; i++) {
    if (TOKEN_CHARACTERS[text.charCodeAt(i)] !== 1) return false;
  }
  return true;
}

/** False, with nothing written, for what is better written as it is. */
function writePacked(output: ByteOutput, text: string): boolean {
  const before = output.length;
  const segments = text.split(".");
  writeHeader(output, KIND.segments, segments.length);
  let packed = false;
  for (const segment of segments) {
    if (segment.length >= LEAST_PACKED && writeDecoded(output, segment)) packed = true;
    else if (!writeText(output, segment, 2, 0)) {
      packed = false;
      break;
    }
  }
  if (!packed) output.length = before;
  return packed;
}

function writeName(output: ByteOutput, name: string): void {
  const index = knownIndex.get(name);
  if (index !== undefined) writeVarint(output, index * 4 + NAME.known);
  else if (!writeText(output, name, 4, NAME.text)) {
    writeText(output, JSON.stringify(name), 4, NAME.json);
  }
}

const writeJson = (output: ByteOutput, value: string | number) =>
  writeText(output, JSON.stringify(value), 8, KIND.json);

const writeHeader = (output: ByteOutput, kind: number, count: number) =>
  writeVarint(output, count * 8 + kind);
