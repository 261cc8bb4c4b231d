import { failureWords } from "../certificates/failures.ts";
import type { CertificateRecord } from "../storage/store.ts";
import { readArguments, refuseArguments } from "./arguments.ts";
import { NotFoundError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

export async function listCertificatesCommand(args: string[]): Promise<number> {
  refuseArguments(args);
  return withOperator(async ({ store }) => {
    const certificates = await store.certificates.list();
    if (certificates.length === 0) {
      process.stdout.write(
        "No certificates yet. A server with LATCHKEY_TLS_PORT or LATCHKEY_CERTIFICATES_PORT gets one for its public host and for each active domain.\n",
      );
      return 0;
    }
    const now = await store.now();
    const rows = certificates.map((each) => [
      each.hostname,
      each.state,
      each.notAfterAt === null ? "" : date(each.notAfterAt),
      nextOf(each, now),
    ]);
    process.stdout.write(table([["NAME", "STATE", "EXPIRES", "NEXT"], ...rows]));
    for (const { hostname, errorCode, errorDetail } of certificates) {
      if (errorCode === null) continue;
      process.stdout.write(`\n${hostname}: ${failureWords(errorCode, errorDetail)}\n`);
    }
    return 0;
  });
}

export async function renewCertificateCommand(args: string[]): Promise<number> {
  const { positionals } = readArguments(args, ["name"], {});
  const [hostname = ""] = positionals;
  return withOperator(async ({ store }) => {
    if (!(await store.certificates.requestRenewal(hostname.toLowerCase()))) {
      throw new NotFoundError(
        `There is no certificate for ${hostname}. \`latchkey certificates list\` shows those there are; a domain gets one when it is active.`,
      );
    }
    process.stdout.write(
      `${hostname} is due now: a running server asks for a certificate within seconds. \`latchkey certificates list\` shows how it goes.\n`,
    );
    return 0;
  });
}

function nextOf({ state, retryAt, renewAt }: CertificateRecord, now: number): string {
  const at = retryAt ?? renewAt;
  if (at === null) return "";
  if (at <= now) return "now";
  return `${state === "live" ? "renewed" : "tried again"} ${date(at)}`;
}

const date = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");
