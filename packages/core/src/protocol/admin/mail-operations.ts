/** The words of an app's mails. */
import * as z from "zod";
import type { Operation } from "./operation.ts";
import { address, time } from "./shapes.ts";

const TAG = "Mail templates";
const PATH = "/apps/{appId}/mail-templates/{kind}";

const words = z.object({
  subject: z.string().trim().min(1).max(200),
  text: z.string().trim().min(1).max(10_000),
  html: z
    .string()
    .trim()
    .min(1)
    .max(50_000)
    .nullable()
    .describe("A whole document, or what goes into the usual frame; null: made from the text"),
});

export const adminMailTemplate = words.extend({
  kind: z.string(),
  name: z.string(),
  description: z.string(),
  isUsual: z.boolean().describe("Whether the app has no words of its own for it"),
  usual: words,
  placeholders: z
    .array(
      z.object({
        name: z.string().describe("Written as `{{name}}`"),
        description: z.string(),
        isRequired: z.boolean().describe("Every body must hold it"),
        inSubject: z.boolean().describe("Whether the subject may hold it"),
      }),
    )
    .describe("What may stand in it, and is filled in for each mail"),
  version: z.int().nonnegative().describe("0 while it has the usual words"),
  updatedAt: time.nullable(),
});
export type AdminMailTemplate = z.output<typeof adminMailTemplate>;

const rendered = z.object({ subject: z.string(), text: z.string(), html: z.string() });

export const mailOperations = {
  listMailTemplates: {
    method: "GET",
    path: "/apps/{appId}/mail-templates",
    tag: TAG,
    summary: "Every kind of mail that the app sends, with its words.",
    role: "viewer",
    answer: z.object({ items: z.array(adminMailTemplate) }),
  },
  updateMailTemplate: {
    method: "PUT",
    path: PATH,
    tag: TAG,
    summary: "Give a mail the app's own words, unless somebody changed them since.",
    role: "editor",
    body: words.extend({ version: adminMailTemplate.shape.version }),
    answer: adminMailTemplate,
  },
  resetMailTemplate: {
    method: "DELETE",
    path: PATH,
    tag: TAG,
    summary: "Give a mail its usual words again.",
    role: "editor",
    answer: adminMailTemplate,
  },
  previewMailTemplate: {
    method: "POST",
    path: `${PATH}/preview`,
    tag: TAG,
    summary:
      "What a mail of these words would be, with samples filled in. Nothing is kept or sent.",
    role: "viewer",
    changesNothing: true,
    body: words,
    answer: rendered,
  },
  testMailTemplate: {
    method: "POST",
    path: `${PATH}/test`,
    tag: TAG,
    summary:
      "Send these words, with samples filled in, to an administrator; by default the caller.",
    role: "editor",
    body: words.extend({ to: address.optional() }),
    answer: z.object({ to: z.string() }),
  },
} as const satisfies Record<string, Operation>;
