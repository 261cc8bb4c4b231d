import type { keyOperations } from "@latchkey/core/protocol/admin";
import {
  addSigningKey,
  PUBLISH_LEAD_MS,
  RETIRE_OVERLAP_MS,
  signerAt,
} from "../../keys/signing-keys.ts";
import type { Services } from "../../services.ts";
import type { Handlers } from "./handler.ts";
import { requireApp } from "./missing.ts";

const PROTOCOLS = ["browser", "app_server"] as const;

/** The keys that sign an app's tokens. */
export function keyHandlers(services: Services): Handlers<keyof typeof keyOperations> {
  const { store, master, directory, now, signingKeys } = services;

  async function list(appId: string) {
    const items = [];
    for (const protocol of PROTOCOLS) {
      const own = await store.keys.signingKeys(appId, protocol);
      const current = signerAt(own, now());
      for (const key of own) {
        const isNext = key.activeAt > now() && key.retiredAt === null;
        items.push({
          kid: key.kid,
          protocol,
          state:
            key === current
              ? ("current" as const)
              : isNext
                ? ("next" as const)
                : ("retired" as const),
          createdAt: key.createdAt,
          activeAt: key.activeAt,
          retiredAt: key.retiredAt,
        });
      }
    }
    return { items };
  }

  return {
    async listSigningKeys({ params: { appId } }) {
      await requireApp(directory, appId);
      // An app's first keys are made when they are first asked for.
      for (const protocol of PROTOCOLS) await signingKeys.of(appId, protocol);
      return list(appId);
    },

    async rotateSigningKeys({ params: { appId }, body: { leaked }, record }) {
      await requireApp(directory, appId);
      for (const protocol of PROTOCOLS) {
        await addSigningKey(store.keys, master, appId, protocol, {
          leadMs: leaked ? 0 : PUBLISH_LEAD_MS,
          overlapMs: leaked ? 0 : RETIRE_OVERLAP_MS,
        });
      }
      record({ after: { leaked } });
      return list(appId);
    },
  };
}
