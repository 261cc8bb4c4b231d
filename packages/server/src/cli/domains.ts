import type { DomainStatus } from "../domains/domains.ts";
import { toWireDomain } from "../domains/wire-domain.ts";
import type { Services } from "../services.ts";
import { unknownApp } from "./apps.ts";
import { readArguments, refuseArguments } from "./arguments.ts";
import { describeDomain, minute, stateWords, wireCertificate } from "./describe-domain.ts";
import { NotFoundError, UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

const JSON_OPTION = { json: { type: "boolean" } } as const;

export async function addDomainCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["app id", "domain"], JSON_OPTION);
  const [appId, input] = positionals;
  return withOperator(async (services) => {
    const { store, domains } = services;
    const app = await store.apps.find(appId);
    if (!app) throw unknownApp(appId);
    const { domain } = await domains.add(app, input);
    await show(services, await domains.check(domain), values.json);
    return 0;
  });
}

/** 1 while something keeps the domain from working, so that a script can wait for it. */
export async function checkDomainCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["domain"], JSON_OPTION);
  return withOperator(async (services) => {
    const { domains } = services;
    const { domain } = await found(domains, positionals[0]);
    const status = await domains.check(domain);
    await show(services, status, values.json);
    const isWell =
      status.domain.state === "active" &&
      status.findings.every(({ severity }) => severity !== "error");
    return isWell ? 0 : 1;
  });
}

export async function listDomainsCommand(args: string[]): Promise<number> {
  refuseArguments(args);
  const list = await withOperator(({ domains }) => domains.list());
  if (list.length === 0) {
    process.stdout.write(
      "No domains yet. Add one to a production app: latchkey domains add <app id> example.com\n",
    );
    return 0;
  }
  process.stdout.write(
    table([
      ["DOMAIN", "APP ID", "STATE", "SINCE", "CHECKED"],
      ...list.map(({ domain, appId, state, stateAt, checkedAt }) => [
        domain,
        appId,
        stateWords(state),
        minute(stateAt),
        checkedAt === null ? "(never)" : minute(checkedAt),
      ]),
    ]),
  );
  return 0;
}

export async function removeDomainCommand(args: string[]): Promise<number> {
  const [name] = readArguments(args, ["domain"], {}).positionals;
  await withOperator(async ({ domains }) => {
    const { domain } = await found(domains, name);
    await domains.remove(domain);
    process.stdout.write(
      `${domain.domain} is released: no cookies are set on it any more, and any app may claim it anew, with new records. Delete the CNAME at ${domain.sessionHost} and the TXT at _latchkey.${domain.domain}.\n`,
    );
  });
  return 0;
}

export async function approveDomainCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["domain"], JSON_OPTION);
  return withOperator(async (services) => {
    const { domains } = services;
    const { domain } = await found(domains, positionals[0]);
    const approved = await domains.approve(domain);
    await show(services, await domains.check(approved ?? domain), values.json);
    return 0;
  });
}

export async function refuseDomainCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["domain"], { reason: { type: "string" } });
  const reason = values.reason?.trim() ?? "";
  if (!/^[^\p{Cc}]{1,500}$/u.test(reason)) {
    throw new UsageError("--reason takes what the app's owner is told, 1 to 500 characters.");
  }
  await withOperator(async ({ domains }) => {
    const { domain } = await found(domains, positionals[0]);
    await domains.refuse(domain, reason);
    process.stdout.write(`${domain.domain} is blocked. Its app is told: ${reason}\n`);
  });
  return 0;
}

async function found(domains: Services["domains"], name: string): Promise<DomainStatus> {
  const status = await domains.find(name.trim().toLowerCase());
  if (status) return status;
  throw new NotFoundError(
    `No app has the domain ${name}. latchkey domains list shows those there are; latchkey domains add <app id> ${name} adds it.`,
  );
}

async function show(
  { domains, store, now }: Services,
  status: DomainStatus,
  asJson: boolean | undefined,
): Promise<void> {
  const certificate = await store.certificates.find(status.domain.sessionHost);
  if (asJson) {
    const wire = {
      ...toWireDomain(status),
      certificate: certificate && wireCertificate(certificate),
    };
    process.stdout.write(`${JSON.stringify(wire, null, 2)}\n`);
    return;
  }
  const events = await domains.events(status.domain);
  process.stdout.write(describeDomain(status, { certificate, events, now: now() }));
}
