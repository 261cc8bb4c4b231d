/**
 * JSON values in fewer bytes: known member names are one byte, and texts that are base64url, such
 * as the parts of a JWT, are stored as the bytes they encode.
 *
 * This is no compression, and there must never be one: how long compressed text is tells how much
 * it repeats, so whoever chooses a part of it (a name, a profile) and sees the size of the cookie
 * can guess the secrets beside it (CRIME, CVE-2012-4929; RFC 8725 section 3.6). Here the length of
 * each text depends on that text alone.
 */
import { fromBase64url, utf8 } from "../encoding.ts";
import { KIND, KNOWN_NAMES, MAX_DEPTH, NAME } from "./packed-json-format.ts";

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

const knownIndex = new Map(KNOWN_NAMES.map((name, index) => [name, index]));

const LONE_SURROGATE = /\p{Surrogate}/u;
/** Of a text between dots: shorter ones are not worth packing. */
const LEAST_PACKED = 16;
/** A guess that costs little. Tokens and ids pass; addresses, times and sentences seldom do. */
const LOOKS_PACKABLE = /^[A-Za-z0-9_.-]{16}/;
const FIRST_SIZE = 2_048;

interface Output {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/**
 * Begins with `reserved` zero bytes for the caller to fill. Members that are undefined are left
 * out, as JSON.stringify does; anything else that JSON has not is a TypeError.
 */
export function packJson(value: JsonValue, reserved = 0): Uint8Array<ArrayBuffer> {
  const output = { bytes: new Uint8Array(FIRST_SIZE), length: 0 };
  reserve(output, reserved);
  writeValue(output, value, 0);
  return output.bytes.subarray(0, output.length);
}

function writeValue(output: Output, value: JsonValue, depth: number): void {
  if (typeof value === "string") writeString(output, value);
  else if (typeof value === "number" && Number.isFinite(value)) writeJson(output, value);
  else if (value === null) writeHeader(output, KIND.constant, 0);
  else if (typeof value === "boolean") writeHeader(output, KIND.constant, value ? 2 : 1);
  else if (depth === MAX_DEPTH) throw new TypeError(`Nested over ${MAX_DEPTH} levels deep.`);
  else if (Array.isArray(value)) writeArray(output, value, depth);
  else if (isPlainObject(value)) writeObject(output, value, depth);
  else throw new TypeError(`Only JSON can be sealed, not ${typeof value} ${String(value)}.`);
}

function writeArray(output: Output, items: readonly JsonValue[], depth: number): void {
  writeHeader(output, KIND.array, items.length);
  for (const item of items) writeValue(output, item, depth + 1);
}

function writeObject(output: Output, value: Record<string, JsonValue | undefined>, depth: number) {
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  writeHeader(output, KIND.object, names.length);
  for (const name of names) {
    writeName(output, name);
    writeValue(output, value[name] as JsonValue, depth + 1);
  }
}

function isPlainObject(value: unknown): value is Record<string, JsonValue | undefined> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function writeString(output: Output, text: string): void {
  const before = output.length;
  if (LOOKS_PACKABLE.test(text) && writePacked(output, text)) return;
  output.length = before;
  if (!writeText(output, text, 8, KIND.text)) writeJson(output, text);
}

/** False, with a part of it written, for what is better written as it is. */
function writePacked(output: Output, text: string): boolean {
  const segments = text.split(".");
  const decoded = segments.map(decodeLong);
  if (!decoded.some(Boolean)) return false;
  writeHeader(output, KIND.segments, segments.length);
  for (let i = 0; i < segments.length; i++) {
    const bytes = decoded[i];
    if (bytes) {
      writeVarint(output, bytes.byteLength * 2 + 1);
      writeBytes(output, bytes);
    } else if (!writeText(output, segments[i] as string, 2, 0)) return false;
  }
  return true;
}

const decodeLong = (segment: string) =>
  segment.length < LEAST_PACKED ? null : fromBase64url(segment);

function writeName(output: Output, name: string): void {
  const index = knownIndex.get(name);
  if (index !== undefined) writeVarint(output, index * 4 + NAME.known);
  else if (!writeText(output, name, 4, NAME.text)) {
    writeText(output, JSON.stringify(name), 4, NAME.json);
  }
}

const writeJson = (output: Output, value: string | number) =>
  writeText(output, JSON.stringify(value), 8, KIND.json);

const writeHeader = (output: Output, kind: number, count: number) =>
  writeVarint(output, count * 8 + kind);

/**
 * A header of its length times `factor` plus `kind`, then its UTF-8. False, with nothing written,
 * for a text that has none: it holds half of a surrogate pair, which JSON escapes.
 */
function writeText(output: Output, text: string, factor: number, kind: number): boolean {
  const before = output.length;
  writeVarint(output, text.length * factor + kind);
  if (writeAscii(output, text)) return true;
  output.length = before;
  if (LONE_SURROGATE.test(text)) return false;
  const bytes = utf8(text);
  writeVarint(output, bytes.byteLength * factor + kind);
  writeBytes(output, bytes);
  return true;
}

/** False, with a part of it written, when there is more than ASCII. For short texts the fastest. */
function writeAscii(output: Output, text: string): boolean {
  const at = reserve(output, text.length);
  const { bytes } = output;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return false;
    bytes[at + i] = unit;
  }
  return true;
}

/** Seven bits to a byte, lowest first; the high bit says that more follow (LEB128). */
function writeVarint(output: Output, value: number): void {
  const more = value >= 0x80;
  const at = reserve(output, 1);
  output.bytes[at] = (value % 0x80) + (more ? 0x80 : 0);
  if (more) writeVarint(output, Math.floor(value / 0x80));
}

function writeBytes(output: Output, bytes: Uint8Array): void {
  const at = reserve(output, bytes.byteLength);
  output.bytes.set(bytes, at);
}

/** Makes room and says where it begins. It may replace `output.bytes`: look that up afterwards. */
function reserve(output: Output, count: number): number {
  const at = output.length;
  output.length += count;
  if (output.length > output.bytes.byteLength) {
    const larger = new Uint8Array(output.length * 2);
    larger.set(output.bytes.subarray(0, at));
    output.bytes = larger;
  }
  return at;
}
