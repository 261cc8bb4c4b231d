import type { AppSettings } from "@latchkey/core/protocol/app-settings";
import { type App, openAppDirectory } from "../../apps/app-directory.ts";
import { createApp } from "../../apps/create-app.ts";
import { type MasterKey, openMasterKey } from "../../keys/master-key.ts";
import { openTokenKeyRing, type TokenKeyRing } from "../../keys/token-keys.ts";
import type { Store } from "../../storage/store.ts";
import { newEmail } from "../../storage/testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "../../storage/testing/store-world.ts";
import { type ClockGuard, clockGuard } from "../clock-guard.ts";
import { type DeclaredLoss, declaredLoss } from "../declared-loss.ts";
import { type LogoutInput, type LogoutResult, logout } from "../logout.ts";
import {
  BROWSER_SESSION_DEFAULTS,
  type SessionDefaults,
  type SessionPolicy,
  sessionPolicy,
} from "../policy.ts";
import { type RefreshInput, type RefreshResult, refreshSession } from "../refresh.ts";
import { type RefreshLimiter, refreshLimiter } from "../refresh-limiter.ts";
import { type SignedIn, type SignInInput, signIn } from "../sign-in.ts";

export const MASTER_KEY = "test master key: 0123456789 abcdefghijklmnopqrstuvwxyz";

export interface EngineDeps {
  readonly store: Store;
  readonly master: MasterKey;
  readonly tokenKeys: TokenKeyRing;
  readonly limiter: RefreshLimiter;
  readonly clockGuard: ClockGuard;
  readonly declaredLoss: DeclaredLoss;
}

/** The session rules over a real database, as a server composes them, with a clock to set. */
export interface Engine {
  readonly world: StoreWorld;
  readonly deps: EngineDeps;
  readonly app: App;
  /** The app's policy, as every request computes it. */
  readonly policy: SessionPolicy;
  now(): number;
  /** Lets time pass, or sets the clock back. */
  step(ms: number): Promise<void>;
  newApp(settings?: Partial<AppSettings>): Promise<App>;
  signIn(changes?: Partial<SignInInput>): Promise<SignedIn>;
  refresh(token: string, changes?: Partial<RefreshInput>): Promise<RefreshResult>;
  logout(changes: Partial<LogoutInput>): Promise<LogoutResult>;
  /** Another server on the same database: its own caches, the same secrets. */
  another(store?: Store): EngineDeps;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly url?: string;
  readonly settings?: Partial<AppSettings>;
  readonly defaults?: SessionDefaults;
}

export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const world = await openStoreWorld(options.url ?? ":memory:");
  const defaults = options.defaults ?? BROWSER_SESSION_DEFAULTS;
  const { now } = world;
  const master = openMasterKey(MASTER_KEY);
  const another = (store: Store = world.store): EngineDeps => ({
    store,
    master,
    tokenKeys: openTokenKeyRing(store.keys, master, now),
    limiter: refreshLimiter(now),
    clockGuard: clockGuard(() => store.now(), now),
    declaredLoss: declaredLoss(store.keys),
  });
  const deps = another();
  const directory = openAppDirectory(world.store.apps, world.store.mailTemplates, now);

  async function newApp(settings: Partial<AppSettings> = {}): Promise<App> {
    const input = { name: "App", kind: "production", settings } as const;
    const { app } = await createApp(world.store.apps, input);
    const found = await directory.find(app.id);
    if (!found) throw new Error("the app just made is not there");
    return found;
  }
  const app = await newApp(options.settings);
  const policy = sessionPolicy(app, null, defaults);

  return {
    world,
    deps,
    app,
    policy,
    now,
    newApp,
    another,
    step: world.advance,
    signIn: (changes) =>
      signIn(deps, {
        app,
        client: null,
        protocol: "browser",
        policy,
        account: newEmail(),
        method: "email",
        allowSignUp: true,
        isGuest: false,
        codeId: null,
        userAgent: "test",
        ip: "192.0.2.1",
        repeatable: null,
        ...changes,
      }),
    refresh: (token, changes) =>
      refreshSession(deps, { token, appId: app.id, protocol: "browser", policy, ...changes }),
    logout: (changes) =>
      logout(deps, {
        appId: app.id,
        protocol: "browser",
        refreshToken: null,
        provenSids: [],
        ...changes,
      }),
    close: () => world.close(),
  };
}

/** The token of an answer that must be active. */
export function tokenOf(result: RefreshResult): string {
  if (result.kind === "active") return result.refreshToken;
  throw new Error(`not signed in: ${JSON.stringify(result)}`);
}
