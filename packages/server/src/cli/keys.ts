import {
  addSigningKey,
  PUBLISH_LEAD_MS,
  RETIRE_OVERLAP_MS,
  signerAt,
} from "../keys/signing-keys.ts";
import { addTokenKey } from "../keys/token-keys.ts";
import { readArguments, refuseArguments } from "./arguments.ts";
import { NotFoundError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

const PROTOCOLS = ["browser", "app_server"] as const;

/** Of an app that has signed nothing yet, too: what its first token will be signed with is made now. */
export async function listKeysCommand(args: string[]): Promise<number> {
  refuseArguments(args);
  return withOperator(async ({ store, now, signingKeys, tokenKeys }) => {
    await tokenKeys.current();
    const rows = [["KIND", "KID", "APP", "STATE", "ACTIVE FROM", "PUBLISHED UNTIL"]];
    for (const app of await store.apps.list()) {
      const keys = [];
      const current = new Set();
      for (const protocol of PROTOCOLS) {
        await signingKeys.of(app.id, protocol);
        const own = await store.keys.signingKeys(app.id, protocol);
        keys.push(...own);
        current.add(signerAt(own, now()));
      }
      for (const key of keys) {
        const isNext = key.activeAt > now() && key.retiredAt === null;
        const state = current.has(key) ? "current" : isNext ? "next" : "retired";
        rows.push([
          "signing",
          key.kid,
          app.id,
          state,
          date(key.activeAt),
          key.retiredAt === null ? "" : date(key.retiredAt),
        ]);
      }
    }
    for (const key of await store.keys.tokenKeys()) {
      const state = key.retiredAt === null ? "live" : "retired";
      rows.push(["refresh token", key.kid, "", state, date(key.activeAt), ""]);
    }
    process.stdout.write(table(rows));
    return 0;
  });
}

export async function rotateKeysCommand(args: string[]): Promise<number> {
  const { values } = readArguments(args, [], {
    now: { type: "boolean" },
    "drop-old": { type: "boolean" },
  });
  const drop = values["drop-old"] ?? false;
  const leadMs = values.now || drop ? 0 : PUBLISH_LEAD_MS;
  return withOperator(async ({ store, master }) => {
    const apps = await store.apps.list();
    for (const app of apps) {
      for (const protocol of PROTOCOLS) {
        await addSigningKey(store.keys, master, app.id, protocol, {
          leadMs,
          overlapMs: drop ? 0 : RETIRE_OVERLAP_MS,
        });
      }
    }
    await addTokenKey(store.keys, master);
    process.stdout.write(
      drop
        ? `New keys sign at once for ${count(apps.length)} and the old ones are withdrawn: within a minute this server refuses tokens they signed. Signed-in users refresh and go on.\n`
        : values.now
          ? `New keys sign at once for ${count(apps.length)}. Verifiers that cache the old set fetch the new one when they meet the new key.\n`
          : `New keys are published for ${count(apps.length)} and sign in two hours, when every cache has seen them. Nobody is signed out.\n`,
    );
    return 0;
  });
}

export async function retireKeyCommand(args: string[]): Promise<number> {
  const [kid] = readArguments(["--", ...args], ["kid"], {}).positionals;
  return withOperator(async ({ store, master }) => {
    const live = (await store.keys.tokenKeys()).filter((key) => key.retiredAt === null);
    if (!live.some((key) => key.kid === kid)) {
      throw new NotFoundError(
        `No live refresh-token key has the kid ${kid}. latchkey keys list shows them.`,
      );
    }
    if (live.length === 1) await addTokenKey(store.keys, master);
    await store.keys.retireTokenKey(kid);
    process.stdout.write("Within a minute, every session whose token is under this key ends.\n");
    return 0;
  });
}

const count = (apps: number) => (apps === 1 ? "1 app" : `${apps} apps`);
const date = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
