import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { appSettings } from "@latchkey/core/protocol/app-settings";
import type { AppRecord, AppStore, SecretKind } from "../storage/store.ts";
import { newClientId, newCuid, newSecret } from "./ids.ts";

export interface NewApp {
  readonly name: string;
  readonly kind: AppRecord["kind"];
  /** Any subset of the settings; the rest takes its defaults. */
  readonly settings: object;
}

/** The only moment at which the secrets can be read. */
export interface CreatedApp {
  readonly app: AppRecord;
  readonly appSecret: string;
  readonly apiKey: string;
}

export async function createApp(
  store: AppStore,
  input: NewApp,
  secrets = { appSecret: newSecret("lk_secret"), apiKey: newSecret("sk") },
): Promise<CreatedApp> {
  const settings = appSettings.parse(input.settings);
  const { appSecret, apiKey } = secrets;
  const app = await store.create(
    {
      id: newCuid(),
      clientId: newClientId(),
      name: input.name,
      kind: input.kind,
      settings: JSON.stringify(settings),
    },
    [
      { id: newCuid(), kind: "app_secret", hash: await hashSecret(appSecret) },
      { id: newCuid(), kind: "api_key", hash: await hashSecret(apiKey) },
    ],
  );
  return { app, appSecret, apiKey };
}

/** The new secret, readable this once; the one before stays good for `overlapMs`. */
export async function rotateSecret(
  store: AppStore,
  appId: string,
  kind: SecretKind,
  overlapMs: number,
): Promise<string> {
  const secret = newSecret(kind === "app_secret" ? "lk_secret" : "sk");
  const hash = await hashSecret(secret);
  await store.replaceSecret({ id: newCuid(), appId, kind, hash }, overlapMs);
  return secret;
}

/** A plain digest is enough: secrets are 256 random bits. */
export async function hashSecret(secret: string): Promise<string> {
  return base64url(await crypto.sha256(utf8(secret)));
}

/** Whether `secret` is one of those hashed, in time that does not tell which or how much of it. */
export async function secretMatches(secret: string, hashes: readonly string[]): Promise<boolean> {
  const hash = utf8(await hashSecret(secret));
  let matches = false;
  for (const each of hashes) {
    if (crypto.timingSafeEqual(hash, utf8(each))) matches = true;
  }
  return matches;
}
