import { base64url } from "@latchkey/core/encoding";

/** Tags of DER (X.690 section 8.1.2) that lead to what is sought. */
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OID = 0x06;
const OCTET_STRING = 0x04;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const KEY_IDENTIFIER = 0x80;

/** id-ce-authorityKeyIdentifier, 2.5.29.35. */
const AUTHORITY_KEY_IDENTIFIER = "551d23";

/**
 * By which renewal information and `replaces` name a certificate: the key identifier of its issuer
 * and its serial number (RFC 9773 section 4.1). Null when the certificate does not carry the first.
 *
 * @param der the certificate
 */
export function certificateId(der: Uint8Array): string | null {
  const certificate = read(der, 0);
  const body = certificate && children(certificate)[0];
  if (!body) return null;
  const fields = children(body);
  const serial = fields[0]?.tag === VERSION ? fields[1] : fields[0];
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS);
  const list = extensions && children(extensions)[0];
  if (serial?.tag !== INTEGER || list?.tag !== SEQUENCE) return null;
  for (const extension of children(list)) {
    const [id, ...rest] = children(extension);
    if (id?.tag !== OID || hex(id.content) !== AUTHORITY_KEY_IDENTIFIER) continue;
    const wrapped = rest.find(({ tag }) => tag === OCTET_STRING);
    const value = wrapped && read(wrapped.content, 0);
    const key = value && children(value).find(({ tag }) => tag === KEY_IDENTIFIER);
    return key ? `${base64url(key.content)}.${base64url(serial.content)}` : null;
  }
  return null;
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly end: number;
}

/** Undefined where the bytes are no whole element. */
function read(bytes: Uint8Array, at: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    length = 0;
    for (let left = first - 0x80; left > 0; left--) length = length * 256 + (bytes[start++] ?? 0);
  }
  const end = start + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), end };
}

function children({ content }: Element): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length; ) {
    const element = read(content, at);
    if (!element) break;
    found.push(element);
    at = element.end;
  }
  return found;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
