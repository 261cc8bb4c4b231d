/** Reads what {@link packJson} writes. */
import { base64url, fromUtf8, latin1 } from "../encoding.ts";
import type { JsonValue } from "./pack-json.ts";
import { KIND, KNOWN_NAMES, MAX_DEPTH, NAME } from "./packed-json-format.ts";

interface Input {
  readonly bytes: Uint8Array;
  /** Of all the bytes; null where there is none. */
  readonly latin1: string | null;
  at: number;
}

const OWN_MEMBER = { writable: true, enumerable: true, configurable: true } as const;
const CONSTANTS: readonly JsonValue[] = [null, false, true];

/** Undefined for bytes that are no packed value, or more than one. */
export function unpackJson(bytes: Uint8Array): JsonValue | undefined {
  const input = { bytes, latin1: latin1(bytes), at: 0 };
  try {
    const value = readValue(input, 0);
    return input.at === bytes.byteLength ? value : undefined;
  } catch (error) {
    // What bytes that are no UTF-8 raise is a TypeError; all else here is a SyntaxError.
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readValue(input: Input, depth: number): JsonValue {
  const header = readVarint(input);
  const kind = header % 8;
  const count = (header - kind) / 8;
  if (kind === KIND.text) return readText(input, count);
  if (kind === KIND.segments) return readSegments(input, count);
  if (kind === KIND.json) return JSON.parse(readText(input, count)) as JsonValue;
  if (kind === KIND.constant) {
    const constant = CONSTANTS[count];
    if (constant !== undefined) return constant;
  }
  if (depth < MAX_DEPTH && kind === KIND.array) return readArray(input, count, depth);
  if (depth < MAX_DEPTH && kind === KIND.object) return readObject(input, count, depth);
  throw new SyntaxError("Not a packed value.");
}

function readArray(input: Input, count: number, depth: number): JsonValue[] {
  const items: JsonValue[] = [];
  for (let left = count; left > 0; left--) items.push(readValue(input, depth + 1));
  return items;
}

function readObject(input: Input, count: number, depth: number): Record<string, JsonValue> {
  const object: Record<string, JsonValue> = {};
  for (let left = count; left > 0; left--) {
    const name = readName(input);
    const value = readValue(input, depth + 1);
    if (name !== "__proto__") object[name] = value;
    // Assigned, it would be the prototype; JSON.parse makes a member of it.
    else Object.defineProperty(object, name, { value, ...OWN_MEMBER });
  }
  return object;
}

function readSegments(input: Input, count: number): string {
  const segments: string[] = [];
  for (let left = count; left > 0; left--) {
    const header = readVarint(input);
    const packed = header % 2;
    const length = (header - packed) / 2;
    segments.push(packed === 1 ? base64url(readBytes(input, length)) : readText(input, length));
  }
  return segments.join(".");
}

function readName(input: Input): string {
  const header = readVarint(input);
  const form = header % 4;
  const count = (header - form) / 4;
  if (form === NAME.text) return readText(input, count);
  if (form === NAME.json) return String(JSON.parse(readText(input, count)));
  const known = form === NAME.known ? KNOWN_NAMES[count] : undefined;
  if (known === undefined) throw new SyntaxError("Not a packed value.");
  return known;
}

function readText(input: Input, count: number): string {
  const { bytes, at, latin1: whole } = input;
  const end = at + count;
  if (whole === null || !isAscii(bytes, at, end)) return fromUtf8(readBytes(input, count));
  input.at = end;
  return whole.slice(at, end);
}

/** False also when there are fewer bytes. */
function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  if (end > bytes.byteLength) return false;
  for (let i = start; i < end; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

function readBytes(input: Input, count: number): Uint8Array {
  const end = input.at + count;
  if (end > input.bytes.byteLength) throw new SyntaxError("Not a packed value.");
  const bytes = input.bytes.subarray(input.at, end);
  input.at = end;
  return bytes;
}

function readVarint(input: Input): number {
  let value = 0;
  // Four bytes hold more than the longest seal.
  for (let scale = 1; scale < 2 ** 28; scale *= 0x80) {
    const byte = input.bytes[input.at++];
    if (byte === undefined) break;
    value += (byte % 0x80) * scale;
    if (byte < 0x80) return value;
  }
  throw new SyntaxError("Not a packed value.");
}
