/** What is wrong with what an administrator entered, field by field. */
import { LatchkeyError } from "@latchkey/core/errors";
import { isLoopbackHost } from "@latchkey/core/loopback";
import type { App } from "../apps/app-directory.ts";
import type { Preset } from "./preset.ts";

export function wrongField(field: string, what: string): LatchkeyError {
  return new LatchkeyError("invalid_data", 400, `${field} ${what.replace(/\.$/, "")}.`, {
    fields: { [field]: what },
  });
}

/** Those of the preset, each with what was entered or its fallback. */
export function checkOptions(
  preset: Preset,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const unknown = Object.keys(given).find((key) => !preset.options.some((o) => o.key === key));
  if (unknown !== undefined) {
    throw wrongField(`options.${unknown}`, `is no option of ${preset.name}`);
  }
  const checked: Record<string, string> = {};
  for (const { key, help, pattern, fallback } of preset.options) {
    const value = given[key]?.trim() || fallback;
    if (value === undefined) throw wrongField(`options.${key}`, `is missing: ${help}`);
    if (!new RegExp(`^(?:${pattern})$`).test(value)) {
      throw wrongField(`options.${key}`, `does not look right: ${help}`);
    }
    checked[key] = value;
  }
  return checked;
}

const DISCOVERY = "/.well-known/openid-configuration";

/** Null where the preset knows it. OpenID Connect Discovery 1.0 section 3; RFC 8414 section 2. */
export function checkIssuer(preset: Preset, given: string | null): string | null {
  if (preset.issuer !== null) {
    if (given === null) return null;
    throw wrongField("issuer", `of ${preset.name} is known; leave it out`);
  }
  if (given === null) {
    throw wrongField(
      "issuer",
      "is missing: the provider's address, such as https://id.example.com",
    );
  }
  const { protocol, hostname, username, password, search, hash } = new URL(given);
  if (protocol !== "https:" && !isLoopbackHost(hostname)) {
    throw wrongField("issuer", "must begin with https://: what goes over http, others can change");
  }
  if (search !== "" || hash !== "" || username !== "" || password !== "") {
    throw wrongField("issuer", "must have no name, password, query or fragment");
  }
  if (given.endsWith(DISCOVERY)) {
    throw wrongField("issuer", `is the address of the document; leave ${DISCOVERY} off`);
  }
  return given;
}

export function checkSecret(preset: Preset, secret: string | null): void {
  if (secret === null) {
    if (preset.key === "oidc") return;
    throw wrongField("clientSecret", `is missing: ${preset.name} does without it for no server`);
  }
  const isKey = /^\s*-----BEGIN PRIVATE KEY-----/.test(secret);
  if (preset.clientAuth === "apple_jwt" && !isKey) {
    throw wrongField(
      "clientSecret",
      "must be the whole text of the .p8 file, which begins with -----BEGIN PRIVATE KEY-----",
    );
  }
}

const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** As the part of an address after the @ is compared: lower case, ASCII, each once. */
export function emailDomains(domains: readonly string[]): string[] {
  const checked = domains.map((typed) => {
    const name = typed.trim().replace(/^@/, "").toLowerCase();
    const ascii = URL.parse(`http://${name}/`)?.hostname ?? "";
    if (DOMAIN.test(ascii) && !/[/:?#@]/.test(name)) return ascii;
    throw wrongField("domains", `"${typed}" is no domain; write it like example.com`);
  });
  return [...new Set(checked)].sort();
}

export function checkRole({ settings }: App, role: string | null): string | null {
  if (role === null || settings.roles.some(({ slug }) => slug === role)) return role;
  const known = settings.roles.map(({ slug }) => slug).join(", ");
  throw wrongField("joinRole", `"${role}" is none of this app's roles; these are: ${known}`);
}
