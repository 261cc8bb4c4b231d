/** Test accounts: a fixed address and code that sign in without mail, for app reviews and tests. */
import { crypto } from "@latchkey/core/crypto";
import { utf8 } from "@latchkey/core/encoding";
import { randomDigits } from "../codes/random-digits.ts";
import { type MasterKey, openText, sealText } from "../keys/master-key.ts";
import type { AppStore } from "../storage/store.ts";
import { newCuid } from "./ids.ts";

export interface TestAccountView {
  readonly id: string;
  readonly email: string;
  readonly code: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Revokes the set before. Answers what to type. */
export async function enableTestAccount(
  store: AppStore,
  master: MasterKey,
  appId: string,
): Promise<{ email: string; code: string }> {
  // A domain that receives no mail (RFC 2606 section 3).
  const email = `test-${randomDigits(4)}@example.com`;
  const code = randomDigits(6);
  const sealedCode = await sealText(master, "test-account", `${appId}|${email}`, code);
  await store.addTestAccount({ id: newCuid(), appId, email, sealedCode });
  return { email, code };
}

export async function listTestAccounts(
  store: AppStore,
  master: MasterKey,
  appId: string,
): Promise<TestAccountView[]> {
  const accounts = await store.testAccounts(appId);
  return Promise.all(
    accounts.map(async ({ id, email, sealedCode, createdAt, updatedAt }) => ({
      id,
      email,
      createdAt,
      updatedAt,
      code: await openText(master, "test-account", `${appId}|${email}`, sealedCode),
    })),
  );
}

export async function matchTestAccount(
  store: AppStore,
  master: MasterKey,
  appId: string,
  email: string,
  code: string,
): Promise<boolean> {
  const account = await store.findTestAccount(appId, email);
  if (!account) return false;
  const expected = await openText(master, "test-account", `${appId}|${email}`, account.sealedCode);
  return crypto.timingSafeEqual(utf8(expected), utf8(code));
}
