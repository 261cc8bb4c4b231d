import { hash } from "node:crypto";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** What is longer than a token gets a buffer of its own. */
const USUAL_BYTES = 512;

/** A key, spread over the first block of each of the two hashes. */
interface Blocks {
  /** Has room for what is hashed. */
  readonly inner: Buffer;
  /** Has room for the inner hash. */
  readonly outer: Buffer;
}

const blocksOf = new WeakMap<Uint8Array, Blocks>();

/**
 * HMAC-SHA-256 as RFC 2104 section 2 defines it, out of two one-shot hashes: the stream that
 * node:crypto makes for each HMAC costs twice as much as the hashing. `key` is remembered by its
 * object.
 */
export function hmacSha256(key: Uint8Array, data: Uint8Array | string): Buffer<ArrayBuffer> {
  const { inner, outer } = blocksOf.get(key) ?? remember(key);
  const bytes = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
  const input = bytes <= USUAL_BYTES ? inner : Buffer.alloc(BLOCK_BYTES + bytes);
  if (input !== inner) input.set(inner.subarray(0, BLOCK_BYTES));
  if (typeof data === "string") input.write(data, BLOCK_BYTES, "utf8");
  else input.set(data, BLOCK_BYTES);
  const digest = hash("sha256", input.subarray(0, BLOCK_BYTES + bytes), "binary");
  outer.write(digest, BLOCK_BYTES, "binary");
  return hash("sha256", outer, "buffer") as Buffer<ArrayBuffer>;
}

function remember(key: Uint8Array): Blocks {
  const short = key.byteLength > BLOCK_BYTES ? hash("sha256", key, "buffer") : key;
  const inner = Buffer.alloc(BLOCK_BYTES + USUAL_BYTES);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const byte = short[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  const blocks = { inner, outer };
  blocksOf.set(key, blocks);
  return blocks;
}
