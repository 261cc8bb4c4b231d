import type { Finding, PastedRecord, ShownRecord } from "@latchkey/core/domains/report";
import type { DomainStatus } from "../domains/domains.ts";
import type { CertificateRecord, DomainEvent, DomainRecord } from "../storage/store.ts";

const STATES: Readonly<Record<DomainRecord["state"], string>> = {
  awaiting_dns: "waiting for the CNAME",
  awaiting_ownership: "waiting for the TXT record",
  awaiting_approval: "waiting for an operator's approval",
  active: "active",
  degraded: "active, but a record is missing or wrong",
  moved: "moved: it no longer points here",
  released: "released",
  blocked: "blocked",
};

export const stateWords = (state: DomainRecord["state"]): string => STATES[state];

const MARKS: Readonly<Record<ShownRecord["status"], string>> = {
  ok: "ok",
  bad: "missing",
  mixed: "not everywhere yet",
  unknown: "not known",
};

/** What a terminal shows besides the domain itself. */
export interface Surroundings {
  readonly certificate: CertificateRecord | null;
  /** Newest first. */
  readonly events: readonly DomainEvent[];
  readonly now: number;
}

const EVENTS_SHOWN = 6;

/** A domain's state, the records to set with what is seen, and what is wrong, for a terminal. */
export function describeDomain(
  { domain, records, findings }: DomainStatus,
  { certificate, events, now }: Surroundings,
): string {
  const head = [
    `  ${domain.domain}: ${stateWords(domain.state)}`,
    `  Session host ${domain.sessionHost}, app ${domain.appId}`,
    ...(domain.approval === "pending" ? [`  ${domain.approvalReason}`] : []),
    ...(domain.state === "blocked" ? [`  Refused: ${domain.decision}`] : []),
  ];
  const open = records.some(({ status, isOptional }) => status !== "ok" && !isOptional);
  return [
    "",
    ...head,
    "",
    open ? "  Set these records where the domain's DNS is kept:" : "  Its records:",
    ...records.flatMap(describeRecord),
    ...findings.flatMap(describeFinding),
    "",
    ...certificateLines(domain, certificate),
    "  What happened:",
    ...events.slice(0, EVENTS_SHOWN).map(({ type, at }) => `    ${minute(at)}  ${type}`),
    "",
    `  ${nextWords(domain, now)}`,
    "",
    "",
  ].join("\n");
}

function describeRecord(record: ShownRecord): string[] {
  const { status, seen, purpose, isOptional } = record;
  const wrong = status === "bad" && seen.length > 0;
  const mark = wrong ? "wrong" : isOptional && status === "bad" ? "not set" : MARKS[status];
  return [
    "",
    ...describePasted(record),
    `      ${purpose}`,
    `      Now: ${mark}${status !== "ok" && seen.length > 0 ? `, seen ${seen.join(", ")}` : ""}`,
  ];
}

function describePasted({ type, name, value }: PastedRecord): string[] {
  return [`    ${type.padEnd(6)}${name}`, `      ${value}`];
}

function describeFinding({ severity, message, records }: Finding): string[] {
  // What is to be set anyway stands above already.
  const more = records.filter(({ type }) => type === "CAA");
  const [first] = more;
  const heading = first ? [`    ${first.type.padEnd(6)}${first.name}`] : [];
  const values = more.map(({ value }) => `      ${value}`);
  return ["", `  ${severity}: ${message}`, ...heading, ...values];
}

function nextWords({ state, nextCheckAt }: DomainRecord, now: number): string {
  if (state === "blocked") return "An operator can approve it: latchkey domains approve";
  const minutes = Math.max(1, Math.round((nextCheckAt - now) / 60_000));
  const wait = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} hours`;
  return `A running server looks again by itself in about ${wait}.`;
}

function certificateLines(
  { state }: DomainRecord,
  certificate: CertificateRecord | null,
): string[] {
  if (certificate) return [`  Certificate: ${certificateWords(certificate)}`, ""];
  if (state !== "active") return [];
  return [
    "  Certificate: none yet. A running server with LATCHKEY_TLS_PORT or LATCHKEY_CERTIFICATES_PORT asks for it;",
    "  without either, what stands in front of the server has its own.",
    "",
  ];
}

/** What a script reads of it. */
export function wireCertificate({ state, notAfterAt, errorCode, errorDetail }: CertificateRecord) {
  return {
    state,
    not_after: notAfterAt === null ? null : new Date(notAfterAt).toISOString(),
    error_code: errorCode,
    error_detail: errorDetail,
  };
}

function certificateWords({ state, notAfterAt, errorCode }: CertificateRecord): string {
  const until = notAfterAt === null ? "" : `, good until ${minute(notAfterAt)}`;
  const why = errorCode === null ? "" : ` (${errorCode}; latchkey certificates list tells more)`;
  return `${state.replace("_", " ")}${until}${why}`;
}

/** In UTC. */
export const minute = (at: number): string =>
  new Date(at).toISOString().slice(0, 16).replace("T", " ");
