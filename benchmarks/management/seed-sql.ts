/** Users, accounts, sessions and members by the million, as SQL that the database runs by itself. */
export type Dialect = "sqlite" | "postgres";

export interface SeedSize {
  readonly users: number;
  readonly sessions: number;
  readonly appId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Seed {
  readonly table: string;
  readonly rows: number;
  /** Inserts what comes of the numbers from `first` to `last`. */
  readonly insert: (first: number, last: number) => string;
}

const DAY = 86_400_000;
const FIRST_NAMES = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Ken"];
const LAST_NAMES = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Perlman"];

export const SEEDED_TABLES = [
  "users",
  "accounts",
  "sessions",
  "organizations",
  "organization_memberships",
] as const;

/** How many members the organization `org_1` has. */
const MEMBERS_EACH = 100;

export function seeds(dialect: Dialect, { users, sessions, appId, now }: SeedSize): Seed[] {
  const numbers = (first: number, last: number) =>
    dialect === "sqlite"
      ? `(WITH RECURSIVE n(i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n WHERE i < ${last}) SELECT i FROM n) AS n`
      : `generate_series(${first}::bigint, ${last}::bigint) AS n(i)`;
  const text = (number: string) => (dialect === "sqlite" ? `(${number})` : `(${number})::text`);
  // Scattered as random ids are, so that indexes by them grow everywhere.
  const scattered = (number: string) =>
    dialect === "sqlite"
      ? `printf('%08x%016d', (${number}) * 2654435761 % 4294967296, ${number})`
      : `lpad(to_hex((${number}) * 2654435761 % 4294967296), 8, '0') || lpad((${number})::text, 16, '0')`;
  const userId = (number: string) => `'c' || ${scattered(number)}`;
  const oneOf = (names: readonly string[], number: string) =>
    `CASE (${number}) % ${names.length} ${names.map((name, index) => `WHEN ${index} THEN '${name}'`).join(" ")} END`;
  const created = (number: string, count: number, days: number) =>
    `${now} - (${count} - (${number})) * ${Math.floor((days * DAY) / count)}`;
  // So that no filter sees the users in the order in which they came.
  const mixed = (number: string) => `((${number}) * 7919 % 1000003)`;
  const isGuest = "i % 50 = 7";

  const account = (
    table: string,
    rows: number,
    number: string,
    type: string,
    subject: string,
    where = "",
  ): Seed => ({
    table,
    rows,
    insert: (first, last) => `INSERT INTO accounts (id, user_id, app_id, type, subject, data,
        verified_at, first_verified_at, latest_verified_at)
      SELECT '${type.slice(0, 2)}' || ${scattered("i")}, ${userId(number)}, '${appId}', '${type}', ${subject}, '{}',
        ${created(number, users, 700)}, ${created(number, users, 700)}, ${created(number, users, 700)}
      FROM ${numbers(first, last)} ${where}`,
  });

  const ended = `CASE WHEN i % 10 < 3 THEN ${created("i", sessions, 29)} + 3600000 END`;
  const reason = `CASE WHEN i % 10 < 3 THEN CASE WHEN i % 1000 = 1 THEN 'reuse' WHEN i % 10 = 1 THEN 'revoked' ELSE 'logout' END END`;
  const method = `CASE WHEN i % 100 = 5 THEN 'passkey' WHEN i % 5 = 2 THEN 'google_oauth' ELSE 'email' END`;

  return [
    {
      table: "users",
      rows: users,
      insert: (first, last) => `INSERT INTO users (id, server_id, app_id, is_guest, disabled_at,
          created_at, last_sign_in_at, first_name, last_name, external_id)
        SELECT ${userId("i")}, 'user_' || ${scattered("i")}, '${appId}',
          CASE WHEN ${isGuest} THEN 1 ELSE 0 END,
          CASE WHEN i % 1000 = 3 THEN ${now} END,
          ${created("i", users, 700)},
          CASE WHEN i % 10 = 9 THEN NULL ELSE ${now} - ${mixed("i")} * 15000 END,
          CASE WHEN i % 3 = 0 THEN ${oneOf(FIRST_NAMES, "i / 3")} END,
          CASE WHEN i % 3 = 0 THEN ${oneOf(LAST_NAMES, "i / 3")} END,
          CASE WHEN i % 4 = 0 THEN 'customer-' || ${text("i")} END
        FROM ${numbers(first, last)}`,
    },
    account(
      "accounts",
      users,
      "i",
      "email",
      `lower(${oneOf(FIRST_NAMES, "i")}) || '.' || ${text("i")} || '@example' || ${text("i % 500")} || '.com'`,
      `WHERE NOT ${isGuest}`,
    ),
    account("accounts", users, "i", "guest", scattered("i"), `WHERE ${isGuest}`),
    account("accounts", Math.floor(users / 5), "i * 5", "google_oauth", text("i * 5 + 100000000")),
    account("accounts", Math.floor(users / 200), "i * 200", "passkey", scattered("i")),
    {
      table: "organizations",
      rows: Math.ceil(users / 1000),
      insert: (first, last) => `INSERT INTO organizations (id, app_id, name, entitlements,
          feature_flags, created_at, updated_at)
        SELECT 'org_' || ${text("i")}, '${appId}', 'Organization ' || ${text("i")}, '[]', '[]', ${now}, ${now}
        FROM ${numbers(first, last)}`,
    },
    {
      table: "organization_memberships",
      rows: Math.floor(users / 10),
      insert: (first, last) => `INSERT INTO organization_memberships (id, app_id, organization_id,
          user_id, roles, status, created_at, updated_at)
        SELECT 'om_' || ${scattered("i")}, '${appId}', 'org_' || ${text(`(i - 1) / ${MEMBERS_EACH} + 1`)},
          ${userId("i * 10")}, '[]', 'active', ${now} - i, ${now}
        FROM ${numbers(first, last)}`,
    },
    {
      table: "sessions",
      rows: sessions,
      insert: (first, last) => `INSERT INTO sessions (id, protocol, app_id, delivery, user_id,
          token_hash, kid, generation, moved_at, last_outcome, created_at, absolute_expires_at,
          idle_expires_at, idle_ms, ended_at, end_reason, auth_method, authenticated_at, user_agent, ip)
        SELECT 's' || ${scattered("i")}, 'browser', '${appId}', 'cookie',
          ${userId(`1 + ${mixed("i")} % ${users}`)}, 'hash-of-43-characters-0000' || ${scattered("i")}, 'kid', 3,
          ${created("i", sessions, 29)}, 'moved', ${created("i", sessions, 29)},
          ${created("i", sessions, 29)} + ${30 * DAY}, ${created("i", sessions, 29)} + ${30 * DAY}, ${30 * DAY},
          ${ended}, ${reason}, ${method}, ${created("i", sessions, 29)},
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
          '192.0.2.' || ${text("i % 250")}
        FROM ${numbers(first, last)}`,
    },
  ];
}

/** The id in the address of the user with this number, as the seed makes it. */
export function seededUserId(number: number): string {
  const hash = (BigInt(number) * 2_654_435_761n) % 4_294_967_296n;
  return `did:privy:c${hash.toString(16).padStart(8, "0")}${String(number).padStart(16, "0")}`;
}
