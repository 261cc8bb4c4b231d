export interface AppRecord {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  /** `internal`: of this deployment itself; no protocol answers for it. */
  readonly kind: "development" | "production" | "internal";
  /** JSON document, checked by apps/settings.ts. */
  readonly settings: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AppClientRecord {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly settings: string;
}

/** Grows with every change of the row. */
export interface Versioned {
  readonly version: number;
  readonly createdAt: number;
}

/** What a change names is changed; `changed`: somebody changed it since that version. */
export type EditResult<T> = T | "changed" | null;

export interface Edit {
  readonly name?: string | undefined;
  readonly settings?: string | undefined;
}

export type SecretKind = "app_secret" | "api_key";

export interface TestAccountRecord {
  readonly id: string;
  readonly email: string;
  readonly sealedCode: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AllowlistRecord {
  readonly id: string;
  readonly type: string;
  readonly value: string;
  readonly createdAt: number;
}

export interface AppStore {
  create(
    app: Omit<AppRecord, "createdAt" | "updatedAt">,
    secrets: readonly { id: string; kind: SecretKind; hash: string }[],
  ): Promise<AppRecord>;
  find(id: string): Promise<AppRecord | null>;
  findByClientId(clientId: string): Promise<AppRecord | null>;
  /** The id of the app that a secret is good for now. */
  findIdBySecret(kind: SecretKind, hash: string): Promise<string | null>;
  /** All but internal ones, by age. */
  list(): Promise<AppRecord[]>;
  /** An app's version is its `updatedAt`. */
  edit(id: string, version: number, change: Edit): Promise<EditResult<AppRecord>>;
  updateSettings(id: string, settings: string): Promise<boolean>;
  clients(appId: string): Promise<AppClientRecord[]>;
  createClient(client: AppClientRecord): Promise<void>;
  versionedClients(appId: string): Promise<(AppClientRecord & Versioned)[]>;
  editClient(
    appId: string,
    id: string,
    version: number,
    change: Edit,
  ): Promise<EditResult<AppClientRecord & Versioned>>;
  deleteClient(appId: string, id: string): Promise<(AppClientRecord & Versioned) | null>;
  /** Hashes of the secrets that are good now. */
  secretHashes(appId: string, kind: SecretKind): Promise<string[]>;
  /** Adds a secret; the ones before are good for `overlapMs` more, never longer than they were. */
  replaceSecret(
    secret: { id: string; appId: string; kind: SecretKind; hash: string },
    overlapMs: number,
  ): Promise<void>;
  testAccounts(appId: string): Promise<TestAccountRecord[]>;
  findTestAccount(appId: string, email: string): Promise<TestAccountRecord | null>;
  addTestAccount(account: {
    id: string;
    appId: string;
    email: string;
    sealedCode: string;
  }): Promise<void>;
  removeTestAccounts(appId: string): Promise<number>;
  allowlist(appId: string): Promise<AllowlistRecord[]>;
  /** Whether the address itself or its domain is on the list. */
  isOnAllowlist(appId: string, email: string, domain: string): Promise<boolean>;
  /** The entry, also when it existed. */
  addToAllowlist(entry: {
    id: string;
    appId: string;
    type: string;
    value: string;
  }): Promise<AllowlistRecord>;
  removeFromAllowlist(appId: string, type: string, value: string): Promise<boolean>;
}
