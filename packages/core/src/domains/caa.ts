/** Whether a CA may issue for a name, by its CAA records (RFC 8659, RFC 8657). */
import type { CaaProperty } from "./observation.ts";

/** The answer at one name of the climb. `owner` is where the records stand: behind an alias, its target. */
export type CaaStep = { readonly name: string } & (
  | {
      readonly kind: "found";
      readonly owner: string;
      readonly properties: readonly CaaProperty[];
    }
  | { readonly kind: "absent" }
  | { readonly kind: "failed" }
);

/** Who asks for the certificate. */
export interface CaaQuestion {
  /** The CA's issuer domain name, such as `letsencrypt.org`. */
  readonly issuer: string;
  readonly wildcard?: boolean;
  /** Account at the CA and the challenge that it will use; null when not known yet. */
  readonly account?: string | null;
  readonly method?: string | null;
}

export type CaaDecision =
  /** `at` is where the deciding records stand; null when there are none up to the top. */
  | { readonly kind: "allowed"; readonly at: string | null }
  | {
      readonly kind: "forbidden";
      readonly at: string;
      readonly because: "other_issuer" | "nobody" | "critical" | "account" | "method";
      readonly properties: readonly CaaProperty[];
    }
  /** A failed lookup is not absence (section 3): a CA refuses until it is answered. */
  | { readonly kind: "undecided"; readonly at: string };

const CRITICAL = 128;
/** Tags that the public CAs understand, so that the critical flag on them is no obstacle. */
const KNOWN_TAGS = ["issue", "issuewild", "issuemail", "iodef", "contactemail", "contactphone"];

/**
 * `steps` are the name itself and then its parents up to the top-level domain, in this order. The
 * first non-empty set decides and the climb ends there (section 3).
 */
export function decideCaa(steps: readonly CaaStep[], question: CaaQuestion): CaaDecision {
  for (const step of steps) {
    if (step.kind === "failed") return { kind: "undecided", at: step.name };
    if (step.kind === "absent" || step.properties.length === 0) continue;
    return decideSet(step.owner, step.properties, question);
  }
  return { kind: "allowed", at: null };
}

function decideSet(
  at: string,
  properties: readonly CaaProperty[],
  question: CaaQuestion,
): CaaDecision {
  const no = (because: Extract<CaaDecision, { kind: "forbidden" }>["because"]): CaaDecision => ({
    kind: "forbidden",
    at,
    because,
    properties,
  });
  const tagged = (tag: string) => properties.filter((each) => each.tag.toLowerCase() === tag);
  if (criticalUnknown(properties).length > 0) return no("critical");
  const wild = question.wildcard ? tagged("issuewild") : [];
  const applying = wild.length > 0 ? wild : tagged("issue");
  // A set that says nothing about issuance restricts none (section 4.2).
  if (applying.length === 0) return { kind: "allowed", at };
  const values = applying.map(({ value }) => readIssueValue(value));
  const named = values.filter(({ issuer }) => issuer === question.issuer.toLowerCase());
  if (named.length === 0)
    return no(values.every(({ issuer }) => issuer === null) ? "nobody" : "other_issuer");
  const withAccount = named.filter(({ parameters }) =>
    agrees(parameters.get("accounturi"), question.account, (own, uri) => own === uri),
  );
  if (withAccount.length === 0) return no("account");
  const withMethod = withAccount.filter(({ parameters }) =>
    agrees(parameters.get("validationmethods"), question.method, (own, list) =>
      list.split(",").includes(own),
    ),
  );
  return withMethod.length === 0 ? no("method") : { kind: "allowed", at };
}

/** Those for which a CA must refuse, whatever else is there (section 4.1). */
export function criticalUnknown(properties: readonly CaaProperty[]): CaaProperty[] {
  return properties.filter(
    ({ flags, tag }) => (flags & CRITICAL) !== 0 && !KNOWN_TAGS.includes(tag.toLowerCase()),
  );
}

/** What is not restricted, or not known on our side, is no reason to refuse. */
function agrees(
  value: string | undefined,
  own: string | null | undefined,
  matches: (own: string, value: string) => boolean,
): boolean {
  return value === undefined || own === undefined || own === null || matches(own, value);
}

export interface IssueValue {
  /** Lower case; null authorises nobody. */
  readonly issuer: string | null;
  readonly parameters: ReadonlyMap<string, string>;
}

const LABEL = "[A-Za-z0-9](?:-*[A-Za-z0-9])*";
const ISSUER = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const PARAMETER = new RegExp(`^(${LABEL})[ \\t]*=[ \\t]*([\\x21-\\x3a\\x3c-\\x7e]*)$`);
const NOBODY: IssueValue = { issuer: null, parameters: new Map() };

/** Section 4.2. A value that breaks the grammar authorises nobody. */
export function readIssueValue(value: string): IssueValue {
  const [issuer = "", ...rest] = value
    .split(";")
    .map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
  if (issuer !== "" && !ISSUER.test(issuer)) return NOBODY;
  const parameters = new Map<string, string>();
  // One semicolon without parameters is allowed; an empty parameter beside others is not.
  const written = rest.length === 1 && rest[0] === "" ? [] : rest;
  for (const part of written) {
    const [, tag, text] = PARAMETER.exec(part) ?? [];
    if (tag === undefined || text === undefined) return NOBODY;
    // RFC 8657 sections 3 and 4: a parameter given twice authorises nobody.
    if (parameters.has(tag.toLowerCase())) return NOBODY;
    parameters.set(tag.toLowerCase(), text);
  }
  return { issuer: issuer === "" ? null : issuer.toLowerCase(), parameters };
}
