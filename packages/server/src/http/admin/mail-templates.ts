import { LatchkeyError } from "@latchkey/core/errors";
import type { AdminMailTemplate, mailOperations } from "@latchkey/core/protocol/admin";
import { type MailTemplate, sampleMail, usualTemplate } from "../../mail/app-mail.ts";
import { templateProblems } from "../../mail/check-template.ts";
import {
  isMailKind,
  MAIL_KINDS,
  type MailKind,
  type MailKindName,
  placeholdersOf,
} from "../../mail/mail-kinds.ts";
import type { Services } from "../../services.ts";
import type { MailTemplateRecord } from "../../storage/store.ts";
import type { Actor, Handlers } from "./handler.ts";
import { changedMeanwhile, found, requireApp } from "./missing.ts";

/** For each administrator, so that a stolen session floods no mailbox. */
const TESTS = { max: 20, windowMs: 3_600_000 };

/** The words of an app's mails. */
export function mailTemplateHandlers(services: Services): Handlers<keyof typeof mailOperations> {
  const { directory, store, outbox } = services;

  const named = (kind: string): MailKindName => found(isMailKind(kind) ? kind : null, "mail");

  async function ownWords(appId: string, kind: MailKindName) {
    const all = await store.mailTemplates.ofApp(appId);
    return all.find((each) => each.kind === kind) ?? null;
  }

  /** Tests go to administrators only: nobody mails a stranger in an app's name. */
  async function recipient(actor: Actor | null, to: string | undefined): Promise<string> {
    const wanted = to ?? (actor?.kind === "admin" ? actor.name : undefined);
    if (wanted !== undefined && (await store.admins.findByEmail(wanted))) return wanted;
    const words = "Name the address of an administrator of this deployment.";
    throw new LatchkeyError("invalid_data", 400, words, { fields: { to: words } });
  }

  async function takeTest(actor: Actor | null): Promise<void> {
    const taken = await store.limits.take(`mail-test:${actor?.id}`, TESTS.max, TESTS.windowMs);
    if (taken.ok) return;
    throw new LatchkeyError(
      "too_many_requests",
      429,
      `You have sent ${TESTS.max} tests in an hour. Use the preview meanwhile.`,
      { retryAfter: Math.ceil(taken.waitMs / 1000) },
    );
  }

  return {
    async listMailTemplates({ params: { appId } }) {
      await requireApp(directory, appId);
      const own = await store.mailTemplates.ofApp(appId);
      const kinds = Object.keys(MAIL_KINDS) as MailKindName[];
      return {
        items: kinds.map((kind) =>
          toTemplate(kind, own.find((each) => each.kind === kind) ?? null),
        ),
      };
    },

    async updateMailTemplate({ params, body: { version, ...words }, record }) {
      await requireApp(directory, params.appId);
      const kind = named(params.kind);
      requireSound(kind, words);
      const before = await ownWords(params.appId, kind);
      const put = await store.mailTemplates.put(params.appId, { kind, ...words }, version);
      if (put === "changed") throw changedMeanwhile();
      record({ before: before && wordsOf(before), after: wordsOf(put) });
      return toTemplate(kind, put);
    },

    async resetMailTemplate({ params, record }) {
      await requireApp(directory, params.appId);
      const kind = named(params.kind);
      const before = await store.mailTemplates.remove(params.appId, kind);
      record({ before: before && wordsOf(before), after: null });
      return toTemplate(kind, null);
    },

    async previewMailTemplate({ params, body }) {
      const app = await requireApp(directory, params.appId);
      const kind = named(params.kind);
      requireSound(kind, body);
      const { subject, text, html } = sampleMail(app, kind, body, "ada@example.com");
      return { subject, text, html };
    },

    async testMailTemplate({ params, body: { to: wanted, ...words }, actor, record }) {
      const app = await requireApp(directory, params.appId);
      const kind = named(params.kind);
      requireSound(kind, words);
      const to = await recipient(actor, wanted);
      await takeTest(actor);
      const mail = sampleMail(app, kind, words, to);
      outbox.post({ ...mail, subject: `[Test] ${mail.subject}` });
      record({ after: { to } });
      return { to };
    },
  };
}

/** What is wrong with the words is said beside the field. */
function requireSound(kind: MailKindName, words: MailTemplate): void {
  const problems = Object.entries(templateProblems(kind, words));
  if (problems.length === 0) return;
  const fields = Object.fromEntries(problems.map(([field, problem]) => [field, `It ${problem}.`]));
  const all = problems.map(([field, problem]) => `${field} ${problem}`).join("; ");
  throw new LatchkeyError("invalid_data", 400, `${all}.`, { fields });
}

const wordsOf = ({ subject, text, html }: MailTemplate): MailTemplate => ({ subject, text, html });

function toTemplate(kind: MailKindName, own: MailTemplateRecord | null): AdminMailTemplate {
  const { name, description, required }: MailKind = MAIL_KINDS[kind];
  const usual = usualTemplate(kind);
  return {
    kind,
    name,
    description,
    ...wordsOf(own ?? usual),
    isUsual: own === null,
    usual,
    placeholders: Object.entries(placeholdersOf(kind)).map(([placeholder, each]) => ({
      name: placeholder,
      description: each.description,
      isRequired: required.includes(placeholder),
      inSubject: each.is === undefined,
    })),
    version: own?.version ?? 0,
    updatedAt: own?.updatedAt ?? null,
  };
}
