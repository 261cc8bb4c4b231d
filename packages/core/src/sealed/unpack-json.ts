/** Reads what {@link packJson} writes. */
import { base64url, fromUtf8 } from "../encoding.ts";
import type { JsonValue } from "./pack-json.ts";
import { KIND, KNOWN_NAMES, MAX_DEPTH, NAME } from "./packed-json-format.ts";

interface Input {
  readonly bytes: Uint8Array;
  at: number;
}

const OWN_MEMBER = { writable: true, enumerable: true, configurable: true } as const;
const CONSTANTS: readonly JsonValue[] = [null, false, true];

/** Undefined for bytes that are no packed value, or more than one. */
export function unpackJson(bytes: Uint8Array): JsonValue | undefined {
  const input = { bytes, at: 0 };
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
  if (kind === KIND.text) return fromUtf8(readBytes(input, count));
  if (kind === KIND.segments) return readSegments(input, count);
  if (kind === KIND.json) return JSON.parse(fromUtf8(readBytes(input, count))) as JsonValue;
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
    const bytes = readBytes(input, (header - packed) / 2);
    segments.push(packed === 1 ? base64url(bytes) : fromUtf8(bytes));
  }
  return segments.join(".");
}

function readName(input: Input): string {
  const header = readVarint(input);
  const form = header % 4;
  const count = (header - form) / 4;
  if (form === NAME.text) return fromUtf8(readBytes(input, count));
  if (form === NAME.json) return String(JSON.parse(fromUtf8(readBytes(input, count))));
  const known = form === NAME.known ? KNOWN_NAMES[count] : undefined;
  if (known === undefined) throw new SyntaxError("Not a packed value.");
  return known;
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
