import { type AdminCalls, ownersKey } from "./admin-call.ts";
import { seededUserId } from "./seed-sql.ts";

export interface ListFigure {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** CPU of the server and its database for a page, in milliseconds. */
  readonly cpu: number;
  /** Rows of the fullest page. */
  readonly rows: number;
}

const DAY = 86_400_000;
const WARM_UP = 5;
/** What else the machine does only ever makes a page slower, so the quietest round counts. */
const ROUNDS = 3;

export interface ListsToMeasure {
  readonly appId: string;
  readonly users: number;
  /** What `latchkey admins invite` printed. */
  readonly invitation: string;
  /** How often each page is asked for in a round. */
  readonly times: number;
  /** When the rows were made, which their times are counted back from. */
  readonly now: number;
  /** Of the server and its database so far. */
  readonly cpuMicros: () => Promise<number>;
}

/** One page of each list of the dashboard, `times` times one after another with values that change. */
export async function measureLists(
  calls: AdminCalls,
  { appId, users, invitation, times, now, cpuMicros }: ListsToMeasure,
  say: (text: string) => void,
): Promise<ListFigure[]> {
  const key = await ownersKey(calls, invitation);
  const any = (most: number) => 1 + Math.floor(Math.random() * most);
  const names = ["ada", "grace", "alan", "edsger", "barbara", "donald", "radia", "ken"];
  const user = () => any(users);
  const day = () => now - any(600) * DAY;
  const lists: readonly [string, () => string][] = [
    ["users", () => "users"],
    ["users: a later page", () => `users?createdUntil=${day()}`],
    ["users: address begins with", () => `users?search=${names[any(8) - 1]}.${any(99)}`],
    [
      "users: whole address",
      () => {
        const i = user();
        return `users?search=${names[i % 8]}.${i}@example${i % 500}.com`;
      },
    ],
    [
      "users: name begins with",
      () => `users?search=${["lovel", "dijk", "turing", "per"][any(4) - 1]}`,
    ],
    ["users: whole id", () => `users?search=${encodeURIComponent(seededUserId(user()))}`],
    ["users: external id", () => `users?search=customer-${4 * any(users / 4 - 1)}`],
    ["users: found by nobody", () => `users?search=nobody-${user()}`],
    [
      "users: came within a month",
      () => {
        const from = day();
        return `users?createdFrom=${from}&createdUntil=${from + 30 * DAY}`;
      },
    ],
    ["users: signed in within a week", () => `users?signedInFrom=${now - any(150) * DAY}`],
    ["users: disabled", () => "users?disabled=true"],
    ["users: guests", () => "users?guest=true"],
    ["users: with a passkey", () => "users?accountType=passkey"],
    ["users: with google_oauth", () => "users?accountType=google_oauth"],
    ["users: of an organization", () => `users?organizationId=org_${any(users / 1000)}`],
    [
      "users: passkey, came within a month",
      () => {
        const from = day();
        return `users?accountType=passkey&createdFrom=${from}&createdUntil=${from + 30 * DAY}`;
      },
    ],
    ["users: disabled guests (none fits)", () => "users?disabled=true&guest=true"],
    [
      "users: not disabled, address, signed in",
      () => `users?disabled=false&accountType=email&signedInFrom=${now - 30 * DAY}`,
    ],
    ["sessions", () => "sessions"],
    ["sessions: active", () => "sessions?state=active"],
    ["sessions: ended", () => "sessions?state=ended"],
    ["sessions: ended by reuse", () => "sessions?state=ended&reason=reuse"],
    ["sessions: by passkey", () => "sessions?method=passkey"],
    ["sessions: no such method (none fits)", () => "sessions?method=sms"],
    ["one user", () => `users/${encodeURIComponent(seededUserId(user()))}`],
    [
      "one user's sessions",
      () => `users/${encodeURIComponent(seededUserId(user()))}/sessions?limit=10`,
    ],
    ["insight, 24 hours", () => "insight?range=24h"],
    ["insight, 90 days", () => "insight?range=90d"],
  ];
  const quietest = new Map<string, ListFigure>();
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, path] of lists) {
      const figure = await measureList(name, () => `/apps/${appId}/${path()}`);
      const before = quietest.get(name);
      if (!before || figure.p99 < before.p99) quietest.set(name, figure);
      say(`  ${round}: ${name}: p50 ${figure.p50.toFixed(1)} ms, p99 ${figure.p99.toFixed(1)} ms`);
    }
  }
  return [...quietest.values()];

  async function measureList(name: string, path: () => string): Promise<ListFigure> {
    const taken: number[] = [];
    let rows = 0;
    let cpuBefore = 0;
    for (let time = 0; time < times + WARM_UP; time++) {
      if (time === WARM_UP) cpuBefore = await cpuMicros();
      const { status, body, ms } = await calls.call("GET", path(), { key });
      if (status !== 200) throw new Error(`${name} was answered ${status}: ${body}`);
      rows = Math.max(rows, JSON.parse(body).items?.length ?? 1);
      if (time >= WARM_UP) taken.push(ms);
    }
    const cpu = ((await cpuMicros()) - cpuBefore) / 1000 / times;
    taken.sort((a, b) => a - b);
    const share = (of: number) =>
      taken[Math.min(taken.length - 1, Math.ceil(of * taken.length) - 1)] ?? Number.NaN;
    return { name, p50: share(0.5), p99: share(0.99), max: share(1), cpu, rows };
  }
}
