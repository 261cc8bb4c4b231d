/** Certificates as an ACME CA issues them: a leaf for one name, and the CA that signed it. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface IssuedCertificate {
  /** PEM, leaf first. */
  readonly chain: string;
  readonly keyPem: string;
}

/** A CA of a moment; each call answers a certificate with a key of its own. */
export function openIssuer(): (name: string) => IssuedCertificate {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = distinguished("Benchmark CA");
  const root = certificate(issuer, issuer, own.publicKey, own.privateKey, []);
  return (name) => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const names = tagged(0x30, tagged(0x82, Buffer.from(name)));
    const extensions = [tagged(0x30, SUBJECT_ALT_NAME, tagged(0x04, names))];
    const leaf = certificate(distinguished(name), issuer, publicKey, own.privateKey, extensions);
    const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    return { chain: leaf + root, keyPem };
  };
}

let serial = 0;

function certificate(
  subject: Buffer,
  issuer: Buffer,
  publicKey: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): string {
  const number = Buffer.alloc(4);
  // The first byte is not 0: DER allows no padding.
  number.writeUInt32BE(0x40000000 + ++serial);
  const tbs = tagged(
    0x30,
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, number),
    tagged(0x30, ECDSA_WITH_SHA256),
    issuer,
    tagged(0x30, utcTime(Date.now() - DAY), utcTime(Date.now() + 90 * DAY)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, tagged(0x30, ...extensions))]),
  );
  const signature = tagged(0x03, Buffer.of(0), sign("sha256", tbs, signer));
  const base64 = tagged(0x30, tbs, tagged(0x30, ECDSA_WITH_SHA256), signature).toString("base64");
  const lines = base64.match(/.{1,64}/g)?.join("\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const DAY = 86_400_000;
const SUBJECT_ALT_NAME = Buffer.from("0603551d11", "hex");
const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");

const distinguished = (name: string): Buffer =>
  tagged(0x30, tagged(0x31, tagged(0x30, COMMON_NAME, tagged(0x0c, Buffer.from(name)))));

const utcTime = (time: number): Buffer =>
  tagged(0x17, Buffer.from(`${new Date(time).toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`));

/** DER (X.690): tag, length, content. */
function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...(length < 0x80 ? [length] : long)), content]);
}
