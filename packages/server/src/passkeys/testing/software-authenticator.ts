/** An authenticator and its browser in software (WebAuthn level 3 sections 6 and 7), for tests. */
import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import type {
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyRegistration,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import { isoCBOR } from "@simplewebauthn/server/helpers";

/** What the browser and the authenticator do; by default what they should. */
export interface Behaviour {
  readonly origin?: string;
  /** What the authenticator signs for, in place of the options' own. */
  readonly rpId?: string;
  readonly challenge?: string;
  readonly userVerified?: boolean;
  readonly crossOrigin?: boolean;
  /** Backup eligibility and state. */
  readonly backup?: { readonly eligible: boolean; readonly state: boolean };
  /** Of the next answer; default: one more than the last. 0 for an authenticator without one. */
  readonly counter?: number;
  /** base64url, in place of one of its own. */
  readonly credentialId?: string;
}

export interface SoftwareAuthenticator {
  create(options: PasskeyCreationOptions, behaviour?: Behaviour): PasskeyRegistration;
  /** By the newest passkey for the relying party, or by the one that is named. */
  get(options: PasskeyRequestOptions, behaviour?: Behaviour): PasskeyAssertion;
}

interface Credential {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  counter: number;
}

const SYNCED = { eligible: true, state: true };

export function openAuthenticator(origin = "https://app.example.com"): SoftwareAuthenticator {
  const credentials: Credential[] = [];
  return {
    create(options, behaviour = {}) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const rpId = behaviour.rpId ?? options.rp.id;
      const id = behaviour.credentialId ?? randomBytes(16).toString("base64url");
      const counter = behaviour.counter ?? 1;
      credentials.push({ id, rpId, userHandle: options.user.id, privateKey, counter });
      const jwk = publicKey.export({ format: "jwk" });
      const cose = new Map<number, number | Uint8Array<ArrayBuffer>>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(jwk.x ?? "")],
        [-3, bytes(jwk.y ?? "")],
      ]);
      const idBytes = Buffer.from(id, "base64url");
      const length = Buffer.alloc(2);
      length.writeUInt16BE(idBytes.length);
      const authData = Buffer.concat([
        authenticatorData(rpId, counter, behaviour, true),
        Buffer.alloc(16),
        length,
        idBytes,
        isoCBOR.encode(cose),
      ]);
      const attestation = new Map<string, Parameters<typeof isoCBOR.encode>[0]>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", new Uint8Array(authData)],
      ]);
      return {
        id,
        raw_id: id,
        type: "public-key",
        response: {
          client_data_json: clientData("webauthn.create", options.challenge, origin, behaviour),
          attestation_object: Buffer.from(isoCBOR.encode(attestation)).toString("base64url"),
          transports: ["internal", "hybrid"],
        },
      };
    },
    get(options, behaviour = {}) {
      const own = credentials.findLast(
        ({ id, rpId }) => rpId === options.rp_id && id === (behaviour.credentialId ?? id),
      );
      if (!own) throw new TypeError(`No passkey for ${options.rp_id} here.`);
      own.counter = behaviour.counter ?? own.counter + 1;
      const authData = authenticatorData(behaviour.rpId ?? own.rpId, own.counter, behaviour, false);
      const client = clientData("webauthn.get", options.challenge, origin, behaviour);
      const signed = Buffer.concat([authData, sha256(Buffer.from(client, "base64url"))]);
      return {
        id: own.id,
        raw_id: own.id,
        type: "public-key",
        response: {
          client_data_json: client,
          authenticator_data: authData.toString("base64url"),
          signature: createSign("sha256").update(signed).sign(own.privateKey, "base64url"),
          user_handle: own.userHandle,
        },
      };
    },
  };
}

const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest();

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));

/** Section 6.1: what the relying party's name hashes to, flags and counter. */
function authenticatorData(
  rpId: string,
  counter: number,
  { userVerified = true, backup = SYNCED }: Behaviour,
  isNew: boolean,
): Buffer {
  const flags =
    0x01 |
    (userVerified ? 0x04 : 0) |
    (backup.eligible ? 0x08 : 0) |
    (backup.state ? 0x10 : 0) |
    (isNew ? 0x40 : 0);
  const tail = Buffer.alloc(5);
  tail.writeUInt8(flags);
  tail.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(rpId), tail]);
}

function clientData(type: string, challenge: string, origin: string, behaviour: Behaviour): string {
  const { crossOrigin = false } = behaviour;
  const data = {
    type,
    challenge: behaviour.challenge ?? challenge,
    origin: behaviour.origin ?? origin,
    crossOrigin,
  };
  return Buffer.from(JSON.stringify(data)).toString("base64url");
}
