/** Who the provider says that it is, out of claims or of a profile. */
import { emailAddress } from "@latchkey/core/protocol/browser-requests";
import type { ProviderIdentity } from "./identity.ts";
import type { EmailVouching, ProfileFields } from "./preset.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** From the claims of an ID token and of the userinfo endpoint (OpenID Connect Core section 5.1). Null without a subject that can be kept. */
export function identityOfClaims(
  claims: Claims & { readonly iss: string; readonly sub: string },
  vouching: EmailVouching,
): ProviderIdentity | null {
  const subject = text(claims.sub);
  if (subject === null) return null;
  const email = addressOf(claims.email);
  return {
    issuer: claims.iss,
    subject,
    email,
    emailVerified: email !== null && vouches(vouching, claims, email),
    name: text(claims.name) ?? joinedName(claims.given_name, claims.family_name),
    username: text(claims.preferred_username),
    pictureUrl: webAddress(claims.picture),
  };
}

/**
 * The ID token's claims, and of userinfo's those that it lacks; but of another address than the ID
 * token's nothing that vouches, or one address would be believed on the word for another.
 */
export function withUserinfo<T extends Claims>(
  claims: T,
  userinfo: Claims,
  vouching: EmailVouching,
): T {
  const more = { ...userinfo };
  const isOther = claims.email !== undefined && addressOf(claims.email) !== addressOf(more.email);
  if (isOther && vouching.kind === "claim") {
    delete more[vouching.claim];
    if (vouching.only) delete more[vouching.only.hostedDomainClaim];
  }
  return { ...more, ...claims };
}

/**
 * From the profile of a provider without ID tokens. Null without a subject. `addresses`: what its list
 * of addresses answered, where it has one.
 */
export function identityOfProfile(
  issuer: string,
  fields: ProfileFields,
  vouching: EmailVouching,
  profile: unknown,
  addresses: unknown,
): ProviderIdentity | null {
  const at = (path: string | undefined) =>
    path === undefined ? undefined : valueAt(profile, path);
  const id = at(fields.subject);
  const subject = typeof id === "number" && Number.isSafeInteger(id) ? String(id) : text(id);
  if (subject === null) return null;
  const listed = fields.emailList && primaryAddress(addresses, fields.emailList);
  const email = listed ?? addressOf(at(fields.email));
  return {
    issuer,
    subject,
    email,
    emailVerified:
      email !== null && (listed === email || vouches(vouching, profile as Claims, email)),
    name: text(at(fields.name)),
    username: text(at(fields.username)),
    pictureUrl: webAddress(pictureOf(profile, fields)),
  };
}

/** Whether a claim that says so can be believed, for this address. */
function vouches(vouching: EmailVouching, claims: Claims, email: string): boolean {
  if (vouching.kind === "never") return false;
  const claim = claims[vouching.claim];
  if (claim !== true && claim !== "true" && claim !== 1 && claim !== "1") return false;
  if (!vouching.only) return true;
  const domain = email.slice(email.lastIndexOf("@") + 1);
  const hosted = claims[vouching.only.hostedDomainClaim];
  return (
    vouching.only.domains.includes(domain) ||
    (typeof hosted === "string" && hosted.toLowerCase() === domain)
  );
}

function primaryAddress(
  list: unknown,
  { address, primary, verified }: NonNullable<ProfileFields["emailList"]>,
): string | null {
  if (!Array.isArray(list)) return null;
  const entry: unknown = list.find(
    (each) => valueAt(each, primary) === true && valueAt(each, verified) === true,
  );
  return addressOf(valueAt(entry, address));
}

function pictureOf(profile: unknown, { picture, pictureTemplate }: ProfileFields): unknown {
  const value = picture === undefined ? undefined : valueAt(profile, picture);
  if (pictureTemplate === undefined || text(value) === null) return value;
  return pictureTemplate.replace(/\{([a-z_]+)\}/g, (_, field: string) =>
    encodeURIComponent(String(valueAt(profile, field) ?? "")),
  );
}

/** A path of keys, with dots. */
function valueAt(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, key) => (typeof at === "object" && at !== null ? (at as Claims)[key] : undefined),
      value,
    );
}

/** What a database keeps and a page shows. */
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,255}$/u;

function text(value: unknown): string | null {
  return typeof value === "string" && PRINTABLE.test(value) && value.isWellFormed() ? value : null;
}

function addressOf(value: unknown): string | null {
  const parsed = emailAddress.safeParse(value);
  return parsed.success && parsed.data.isWellFormed() ? parsed.data : null;
}

/** Short enough for an identity token in a cookie of 4 KB. */
function webAddress(value: unknown): string | null {
  const url = typeof value === "string" && value.length <= 512 ? URL.parse(value) : null;
  return url?.protocol === "https:" && url.username === "" ? url.href : null;
}

/** A first and a last name, or what there is of them. */
export const joinedName = (...names: unknown[]): string | null =>
  text(names.filter((name) => text(name) !== null).join(" "));
