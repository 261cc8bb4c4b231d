/** A certificate (RFC 5280) of its own for a name, as tests trust it. */
import { generateKeyPairSync, sign } from "node:crypto";

const DAY = 86_400_000;

export function selfSigned(name: string): { readonly chain: string; readonly keyPem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = tagged(0x30, tagged(0x31, tagged(0x30, COMMON_NAME, tagged(0x0c, text(name)))));
  const names = tagged(0x30, tagged(0x82, text(name)));
  const tbs = tagged(
    0x30,
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, Buffer.of(1)),
    tagged(0x30, ECDSA_WITH_SHA256),
    subject,
    tagged(0x30, utcTime(Date.now() - DAY), utcTime(Date.now() + DAY)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, tagged(0x30, tagged(0x30, SUBJECT_ALT_NAME, tagged(0x04, names)))),
  );
  const signature = tagged(0x03, Buffer.of(0), sign("sha256", tbs, privateKey));
  const base64 = tagged(0x30, tbs, tagged(0x30, ECDSA_WITH_SHA256), signature).toString("base64");
  const lines = base64.match(/.{1,64}/g)?.join("\n");
  return {
    chain: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const text = (value: string): Buffer => Buffer.from(value);
const COMMON_NAME = Buffer.from("0603550403", "hex");
const SUBJECT_ALT_NAME = Buffer.from("0603551d11", "hex");
const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");

const utcTime = (time: number): Buffer =>
  tagged(0x17, text(`${new Date(time).toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`));

/** DER (X.690): tag, length, content. */
function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...(length < 0x80 ? [length] : long)), content]);
}
