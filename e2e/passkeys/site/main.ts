/** The vendor's unmodified client and ours in one page, for the test to drive. */
import { createLatchkeyClient } from "@latchkey/browser";
import * as passkeys from "@latchkey/browser/passkeys";
import Privy, { LocalStorage } from "@privy-io/js-sdk-core";

const { VITE_APP_ID: appId, VITE_SERVER_URL: serverUrl } = import.meta.env;
const vendor = { appId, baseUrl: serverUrl, storage: new LocalStorage(), logLevel: "NONE" };
const privy = new Privy(vendor);
const client = createLatchkeyClient({ appId, serverUrl });
const ready = privy.initialize();

type Json = { [name: string]: unknown };

/** The vendor answers snake case and takes what browsers answer as JSON (WebAuthn section 5.1.8). */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  const rename = (name: string) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(value as Json).map(([name, each]) => [rename(name), camel(each)]),
  );
}

async function create(options: object) {
  const json = camel(options) as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json);
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return made.toJSON();
}

async function use(options: object) {
  const json = camel(options) as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
  const used = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return used.toJSON();
}

Object.assign(globalThis, { privy, ready, client, passkeys, create, use });
