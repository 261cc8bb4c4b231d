/** A certificate for a name and all names under it (RFC 5280), which a browser is told to believe. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";

export interface SelfSigned {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** Chromium's option that has it believe this key. */
  readonly chromiumArg: string;
}

export function selfSigned(name: string): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const distinguishedName = sequence(set(sequence(COMMON_NAME, tagged(0x0c, Buffer.from(name)))));
  const names = [name, `*.${name}`].map((each) => tagged(0x82, Buffer.from(each)));
  const tbs = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    sequence(ECDSA_WITH_SHA256),
    distinguishedName,
    sequence(utcTime(Date.now() - 86_400_000), utcTime(Date.now() + 86_400_000)),
    distinguishedName,
    spki,
    tagged(0xa3, sequence(sequence(SUBJECT_ALT_NAME, tagged(0x04, sequence(...names))))),
  );
  const signature = sign("sha256", tbs, privateKey);
  const certificate = sequence(
    tbs,
    sequence(ECDSA_WITH_SHA256),
    tagged(0x03, Buffer.concat([Buffer.of(0), signature])),
  );
  const base64 = certificate
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n");
  const digest = createHash("sha256").update(spki).digest("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    chromiumArg: `--ignore-certificate-errors-spki-list=${digest}`,
  };
}

/** DER (X.690): tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...(length < 0x80 ? [length] : long)), content]);
}

const sequence = (...parts: Buffer[]) => tagged(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]) => tagged(0x31, Buffer.concat(parts));
const integer = (value: number) => tagged(0x02, Buffer.of(value));
const identifier = (hex: string) => tagged(0x06, Buffer.from(hex, "hex"));
const utcTime = (time: number) =>
  tagged(0x17, Buffer.from(`${new Date(time).toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`));

const COMMON_NAME = identifier("550403");
const SUBJECT_ALT_NAME = identifier("551d11");
const ECDSA_WITH_SHA256 = identifier("2a8648ce3d040302");
