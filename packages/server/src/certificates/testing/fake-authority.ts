/** A CA in memory: what Debian's pebble lacks (RFC 9773, short lifetimes) and cannot be made to do. */
import { LatchkeyError } from "@latchkey/core/errors";
import type {
  Authorization,
  CaOrder,
  CaProblem,
  CertificateAuthority,
  RenewalInfo,
} from "../authority.ts";
import { exampleCertificate } from "./example-certificate.ts";

export interface FakeAuthority extends CertificateAuthority {
  /** What it was asked, oldest first. */
  readonly calls: string[];
  /** The certificates that new orders said they replace. */
  readonly replaced: (string | null)[];
  lifetimeMs: number;
  renewal: RenewalInfo | null;
  /** Its verdict on each authorization. */
  problem: CaProblem | null;
  /** Thrown by the next call of this name. */
  failNext: { readonly call: string; readonly error: LatchkeyError } | null;
  /** Looks that an authorization stays pending for. */
  looks: number;
  /** What the CA does before it gives its verdict, such as asking for the challenge. */
  validate: (hostname: string, token: string, value: string) => Promise<boolean>;
  /** Awaited at the beginning of every call. */
  beforeCall: (call: string) => Promise<void>;
  forgetAccounts(): void;
  forgetOrders(): void;
}

interface Order {
  readonly hostname: string;
  readonly token: string;
  status: CaOrder["status"];
  accepted: boolean;
  looks: number;
  isValid: boolean;
}

export function fakeAuthority(now: () => number): FakeAuthority {
  const orders = new Map<string, Order>();
  const accounts = new Set<string>();
  let keys = 0;
  let made = 0;

  async function called(call: string, accountUrl?: string): Promise<void> {
    fake.calls.push(call);
    await fake.beforeCall(call);
    const failure = fake.failNext;
    if (failure?.call === call) {
      fake.failNext = null;
      throw failure.error;
    }
    if (accountUrl !== undefined && !accounts.has(accountUrl)) {
      throw refusal("accountDoesNotExist", "no such account");
    }
  }
  const orderAt = (url: string): Order => {
    const order = orders.get(url);
    if (!order) throw refusal("notFound", "no such order");
    return order;
  };
  const seen = (url: string): CaOrder => ({ url, status: orderAt(url).status, problem: null });

  const fake: FakeAuthority = {
    directoryUrl: "https://ca.example/directory",
    calls: [],
    replaced: [],
    lifetimeMs: 90 * 86_400_000,
    renewal: null,
    problem: null,
    failNext: null,
    looks: 1,
    validate: async () => true,
    beforeCall: async () => undefined,
    forgetAccounts: () => accounts.clear(),
    forgetOrders: () => orders.clear(),

    newKey: async () => `key ${++keys}`,
    async register(keyPem) {
      await called("register");
      accounts.add(`https://ca.example/account/${keyPem}`);
      return `https://ca.example/account/${keyPem}`;
    },
    async newOrder(account, hostname, replaces) {
      await called("newOrder", account.url);
      const url = `https://ca.example/order/${++made}`;
      fake.replaced.push(replaces);
      const token = `token-${made}`;
      const fresh = { status: "pending", accepted: false, looks: 0, isValid: false } as const;
      orders.set(url, { hostname, token, ...fresh });
      return seen(url);
    },
    async order(account, url) {
      await called("order", account.url);
      return seen(url);
    },
    async authorization(account, { url }): Promise<Authorization> {
      await called("authorization", account.url);
      const order = orderAt(url);
      const value = `${order.token}.thumbprint`;
      if (order.isValid) return { kind: "valid" };
      if (order.accepted && ++order.looks >= fake.looks) {
        if (fake.problem) return { kind: "refused", problem: fake.problem };
        order.isValid = await fake.validate(order.hostname, order.token, value);
        if (!order.isValid) {
          const problem = { type: "unauthorized", detail: "wrong answer", retryAfterMs: null };
          return { kind: "refused", problem };
        }
        order.status = "ready";
      }
      const { token, accepted: isAccepted } = order;
      return { kind: "pending", url, token, value, isAccepted };
    },
    async accept(account, url) {
      await called("accept", account.url);
      orderAt(url).accepted = true;
    },
    async finalize(account, { url }, _hostname, keyPem) {
      await called("finalize", account.url);
      const order = orderAt(url);
      if (order.status !== "ready") throw refusal("orderNotReady", `it is ${order.status}`);
      order.status = "valid";
      issuedFor.set(url, keyPem);
      return seen(url);
    },
    async download(account, { url }) {
      await called("download", account.url);
      return `certificate of ${orderAt(url).hostname} for ${issuedFor.get(url)}`;
    },
    async renewalInfo() {
      await called("renewalInfo");
      return fake.renewal;
    },
    inspect(chain, hostname, keyPem) {
      if (chain !== `certificate of ${hostname} for ${keyPem}`) return null;
      return { notBeforeAt: now(), notAfterAt: now() + fake.lifetimeMs, der: exampleCertificate() };
    },
  };
  const issuedFor = new Map<string, string>();
  return fake;
}

export function refusal(type: string, detail: string, retryAfter?: number): LatchkeyError {
  return new LatchkeyError("acme_problem", 502, detail, {
    reason: type,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
