/**
 * Which relying party a passkey belongs to: the app's verified domain for every page of it, else
 * the very host of the page. A browser lets a page use its own host and the domains above it, so a
 * passkey never works on a page that the app does not own.
 */
import { originAllowedByDomain } from "@latchkey/core/domains/cookie-domain";
import { LatchkeyError } from "@latchkey/core/errors";
import type { App, AppClient } from "../apps/app-directory.ts";
import { judgeOrigin } from "../cookies/calling-origin.ts";
import type { ActiveDomain } from "../domains/active-domain.ts";

/** Who asks for a ceremony. */
export interface PasskeyPage {
  readonly app: App;
  readonly client: AppClient | null;
  /** The app's verified domain. */
  readonly domain: ActiveDomain | null;
  /** Of the page; null where no browser says one, as in native apps. */
  readonly origin: string | null;
  /** Whether the page is one of this server's own, at its public URL. */
  readonly isHosted: boolean;
  /** What else only the one who asked holds, such as the value of a cookie; null for nothing. */
  readonly binding: string | null;
}

/**
 * The relying party id (WebAuthn level 3 section 5.4.2). `asked` is the address that a client named:
 * it may only name what is the case anyway, or from a related origin the verified domain.
 *
 * @throws LatchkeyError `invalid_relying_party`, which says what to change
 */
export function relyingPartyId(page: PasskeyPage, asked: string | null = null): string {
  const named = asked === null || asked === "" ? null : hostIn(asked);
  if (named !== null && !isName(named)) throw noName(named);
  const { domain, origin } = page;
  if (origin === null) return withoutPage(page, named);
  if (domain !== null && originAllowedByDomain(domain, origin)) {
    return held(domain.domain, named, origin);
  }
  const isRelated = domain !== null && named !== null && isWithin(named, domain.domain);
  if (isRelated && isListed(page, origin)) return domain.domain;
  const { protocol, hostname } = new URL(origin);
  if (!isName(hostname)) throw noName(hostname);
  if (protocol !== "https:" && hostname !== "localhost") {
    throw refused(
      `Browsers use passkeys on https pages and on localhost, and this page is at ${shown(origin)}.`,
    );
  }
  if (!page.isHosted && page.app.kind === "production" && !isListed(page, origin)) {
    throw refused(
      `The origin ${shown(origin)} is allowed by a wildcard only, and a passkey belongs to one place for good. List that origin by name, or verify the app's domain: latchkey domains add`,
    );
  }
  return held(hostname, named, origin);
}

/** Whether pages of `origin` may finish a ceremony of this app at all. */
export function mayFinishAt(page: PasskeyPage, origin: string): boolean {
  if (page.isHosted) return origin === page.origin;
  return judgeOrigin(page.app, page.client, page.domain, origin) === "allowed";
}

/**
 * Origins outside the verified domain whose pages may use its passkeys (WebAuthn section 5.11): those
 * that the app or one of its clients lists by name.
 */
export function relatedOrigins(app: App, domain: ActiveDomain): string[] {
  const clients = [...app.clients.values()].flatMap(({ settings }) => settings.allowedOrigins);
  const listed = [...app.settings.allowedOrigins, ...clients].filter(
    (origin) => origin.startsWith("https://") && !origin.includes("*"),
  );
  return [...new Set(listed)].filter((origin) => !originAllowedByDomain(domain, origin));
}

/** A native app has no origin: the domain, or an origin that is listed by name. */
function withoutPage(page: PasskeyPage, named: string | null): string {
  const { domain } = page;
  if (domain !== null && (named === null || isWithin(named, domain.domain))) return domain.domain;
  if (named !== null && isListed(page, `https://${named}`)) return named;
  throw refused(
    "The call has no Origin, so it has to name its relying party: send relying_party with an https origin that the app's allowed origins list, or verify the app's domain.",
  );
}

function held(id: string, named: string | null, origin: string): string {
  if (named === null || isWithin(named, id)) return id;
  throw refused(
    `Pages of ${shown(origin)} have passkeys of ${id}, and relying_party names ${named.slice(0, 200)}. Leave it out, or name ${id}.`,
  );
}

const isWithin = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);

/** By its own name: what a wildcard lets in may be anybody's preview. */
function isListed({ app, client }: PasskeyPage, origin: string): boolean {
  const own = client?.settings.allowedOrigins ?? [];
  return (own.length > 0 ? own : app.settings.allowedOrigins).includes(origin);
}

/** Clients send an origin or a bare host. */
function hostIn(text: string): string {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url) return url.hostname;
  throw refused("relying_party must be an address such as https://example.com.");
}

/** A relying party id is a domain name, never an address (section 5.4.2). */
const isName = (host: string) => !/^[0-9.]+$/.test(host) && !host.startsWith("[");

const noName = (host: string) =>
  refused(
    `A passkey belongs to a name, and ${host.slice(0, 60)} is an IP address. Open the page as localhost, or by its name.`,
  );

const shown = (origin: string) => origin.slice(0, 200);

const refused = (message: string) => new LatchkeyError("invalid_relying_party", 400, message);
