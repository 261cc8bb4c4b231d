import type { KeyStore } from "../storage/store.ts";

/**
 * After a restore, the operator may declare that sessions without a record are lost; for as long
 * as that holds, they are answered with a terminal `session_lost` (session rule R9).
 */
export interface DeclaredLoss {
  isDeclared(now: number): Promise<boolean>;
}

const META_KEY = "declared_loss_until";
const CACHE_MS = 10_000;

export function declaredLoss(keys: KeyStore): DeclaredLoss {
  let until = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async isDeclared(now) {
      if (Math.abs(now - readAt) > CACHE_MS) {
        until = Number((await keys.meta(META_KEY)) ?? 0);
        readAt = now;
      }
      return now < until;
    },
  };
}

export async function declareLoss(keys: KeyStore, untilMs: number): Promise<void> {
  await keys.setMeta(META_KEY, String(untilMs));
}
