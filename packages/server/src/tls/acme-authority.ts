/** A certification authority by acme-client, which does the protocol; what it lacks is RFC 9773. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { LatchkeyError } from "@latchkey/core/errors";
import acme from "acme-client";
import type {
  Account,
  Authorization,
  CaOrder,
  CaProblem,
  CertificateAuthority,
  RenewalInfo,
} from "../certificates/authority.ts";
import { type AcmeTransport, retryAfterSeconds } from "./acme-transport.ts";

export interface AcmeAuthorityInput {
  readonly directoryUrl: string;
  readonly transport: AcmeTransport;
  readonly email: string | null;
  /** External account binding (RFC 8555 section 7.3.4), for CAs that want one. */
  readonly externalAccount: { readonly kid: string; readonly hmacKey: string } | null;
}

type ClientOrder = Awaited<ReturnType<acme.Client["getOrder"]>>;

export function acmeAuthority(input: AcmeAuthorityInput): CertificateAuthority {
  const { directoryUrl, transport } = input;
  const { run } = transport;

  const client = (keyPem: string, accountUrl?: string) =>
    new acme.Client({
      directoryUrl,
      accountKey: keyPem,
      ...(accountUrl === undefined ? {} : { accountUrl }),
      ...(input.externalAccount === null ? {} : { externalAccountBinding: input.externalAccount }),
    });
  const of = ({ keyPem, url }: Account) => client(keyPem, url);
  /** acme-client asks for the whole order where its URL is enough. */
  const whole = (account: Account, url: string) => of(account).getOrder({ url } as ClientOrder);

  return {
    directoryUrl,

    newKey: async () => (await acme.crypto.createPrivateEcdsaKey("P-256")).toString(),

    register: (keyPem) =>
      run(async () => {
        const made = client(keyPem);
        await made.createAccount({
          termsOfServiceAgreed: true,
          ...(input.email === null ? {} : { contact: [`mailto:${input.email}`] }),
        });
        return made.getAccountUrl();
      }),

    newOrder: (account, hostname, replaces) =>
      run(async () => {
        const wanted = { identifiers: [{ type: "dns", value: hostname }] };
        const request = replaces === null ? wanted : { ...wanted, replaces };
        return toOrder(await of(account).createOrder(request));
      }),

    order: (account, url) => run(async () => toOrder(await whole(account, url))),

    authorization: (account, { url }, type) =>
      run(async (): Promise<Authorization> => {
        const own = of(account);
        const [found] = await own.getAuthorizations(await whole(account, url));
        if (!found) return { kind: "impossible" };
        if (found.status === "valid") return { kind: "valid" };
        const failed = found.challenges.find((each) => errorOf(each));
        if (found.status !== "pending") {
          const detail = `The authorization is ${found.status}`;
          const problem = failed ? errorOf(failed) : null;
          return { kind: "refused", problem: problem ?? { type: "", detail, retryAfterMs: null } };
        }
        const challenge = found.challenges.find((each) => each.type === type);
        if (!challenge) return { kind: "impossible" };
        const value = await own.getChallengeKeyAuthorization(challenge);
        const isAccepted = challenge.status === "processing";
        const { token } = challenge;
        return { kind: "pending", url: challenge.url, token, value, isAccepted };
      }),

    accept: (account, url) =>
      run(async () => {
        type Challenge = Parameters<acme.Client["completeChallenge"]>[0];
        await of(account).completeChallenge({ url } as Challenge);
      }),

    finalize: (account, { url }, hostname, keyPem) =>
      run(async () => {
        const [, csr] = await acme.crypto.createCsr({ altNames: [hostname] }, keyPem);
        return toOrder(await of(account).finalizeOrder(await whole(account, url), csr));
      }),

    download: (account, { url }) =>
      run(async () => of(account).getCertificate(await whole(account, url))),

    async renewalInfo(certificateId): Promise<RenewalInfo | null> {
      const { renewalInfo } = json((await transport.get(directoryUrl)).text);
      if (typeof renewalInfo !== "string") return null;
      const { status, headers, text } = await transport.get(`${renewalInfo}/${certificateId}`);
      if (status !== 200) throw unusable(`renewal information answered ${status}`);
      const window = json(text).suggestedWindow as { start?: string; end?: string } | undefined;
      const [startAt, endAt] = [Date.parse(window?.start ?? ""), Date.parse(window?.end ?? "")];
      if (Number.isNaN(startAt) || Number.isNaN(endAt)) {
        throw unusable("renewal information without a window");
      }
      const seconds = retryAfterSeconds(headers["retry-after"]);
      return { startAt, endAt, retryAfterMs: seconds === null ? null : seconds * 1000 };
    },

    inspect(chain, hostname, keyPem) {
      try {
        const leaf = new X509Certificate(chain);
        const isOurs =
          leaf.checkHost(hostname) !== undefined && leaf.checkPrivateKey(createPrivateKey(keyPem));
        const notBeforeAt = Date.parse(leaf.validFrom);
        const notAfterAt = Date.parse(leaf.validTo);
        return isOurs ? { notBeforeAt, notAfterAt, der: new Uint8Array(leaf.raw) } : null;
      } catch {
        return null;
      }
    },
  };
}

const unusable = (detail: string) => new LatchkeyError("acme_unreachable", 503, detail);

function toOrder(order: ClientOrder): CaOrder {
  return { url: order.url, status: order.status, problem: errorOf(order) };
}

/** acme-client's types leave out what stands in the documents (RFC 8555 section 7.1). */
function errorOf(document: object): CaProblem | null {
  const { error } = document as { error?: { type?: string; detail?: string } };
  if (!error) return null;
  const type = (error.type ?? "").replace("urn:ietf:params:acme:error:", "");
  return { type, detail: (error.detail ?? "").slice(0, 500), retryAfterMs: null };
}

function json(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw unusable("the CA's answer is no JSON");
  }
}
