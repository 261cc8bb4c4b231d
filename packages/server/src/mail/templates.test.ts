import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type MailSender,
  type MailTemplate,
  mailFor,
  sampleMail,
  usualTemplate,
} from "./app-mail.ts";
import { templateProblems } from "./check-template.ts";
import { textOn } from "./html-mail.ts";
import { MAIL_KINDS, type MailKindName, placeholdersOf } from "./mail-kinds.ts";

const kinds = Object.keys(MAIL_KINDS) as MailKindName[];
const sender = (changes: Partial<MailSender> = {}): MailSender => ({
  name: "Demo",
  settings: { logoUrl: null, accentColor: null },
  mailTemplates: new Map(),
  ...changes,
});
const worded = (kind: string, template: Partial<MailTemplate>): MailSender => {
  const words = { subject: "A code", text: "{{code}}", html: null, ...template };
  return sender({ mailTemplates: new Map([[kind, words]]) });
};

describe("the usual words", () => {
  test.each(kinds)("of %s are sound, and leave no placeholder unfilled", (kind) => {
    expect(templateProblems(kind, usualTemplate(kind))).toEqual({});
    const { subject, text, html } = sampleMail(sender(), kind, usualTemplate(kind), "a@b.example");
    for (const part of [subject, text, html]) expect(part).not.toMatch(/\{\{|\}\}|undefined/);
  });

  test("show a code large and a link as a button in the app's colour, with its logo", () => {
    const settings = { logoUrl: "https://cdn.example.com/l.png?a=1&b=2", accentColor: "#ffcc00" };
    const code = mailFor(sender({ settings }), "code", {
      to: "ada@example.com",
      values: { code: "012345" },
    });
    expect(code.html).toContain("012 345");
    expect(code.html).toContain('src="https://cdn.example.com/l.png?a=1&amp;b=2"');
    expect(code.code).toBe("012345");
    const link = "https://sessions.example.com/password-reset?token=a&b=c";
    const reset = mailFor(sender({ settings }), "password_reset", {
      to: "ada@example.com",
      values: { link },
    });
    expect(reset.html).toContain(`href="${link.replace("&", "&amp;")}"`);
    expect(reset.html).toContain("background:#ffcc00;color:#000000");
    expect(reset.text).toContain(`\n\n${link}\n\n`);
  });

  test("are read on any colour (WCAG 1.4.3)", () => {
    const luminance = (hex: string) =>
      [1, 3, 5]
        .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
    const hex = fc
      .integer({ min: 0, max: 0xffffff })
      .map((n) => `#${n.toString(16).padStart(6, "0")}`);
    fc.assert(
      fc.property(hex, (color) => {
        const [dark = 0, light = 0] = [luminance(color), luminance(textOn(color))].sort();
        expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });
});

describe("what stands in a mail", () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "<img src=x onerror=alert(1)>",
      '"><script>',
      "{{code}}",
      "a\r\nBcc: b@c.example",
      "' onx='",
    ),
  );

  test("is text, whatever it is: no value becomes markup, a header or a placeholder (ASVS 1.2.1)", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (app, organization, label) => {
        const html =
          '<p title="{{organization_name}}">{{invited_to}}</p><a href="{{link}}">{{app_name}}</a>';
        for (const own of [null, html]) {
          const from = {
            ...worded("invitation", {
              subject: "{{invited_to}}",
              text: "{{invited_to}} {{link}}",
              html: own,
            }),
            name: app,
          };
          const mail = mailFor(from, "invitation", {
            to: "ada@example.com",
            values: {
              invited_to: label,
              organization_name: organization,
              expires_on: "2026-12-31",
              link: "https://example.com/",
            },
          });
          expect(mail.subject).not.toMatch(/[\r\n\u2028\u2029]/);
          const tags = mail.html.match(/<\/?[a-z][^>]*>/gi) ?? [];
          expect(tags.filter((tag) => /^<(script|img)/i.test(tag))).toEqual([]);
          // As many tags as with harmless values: nothing was added.
          const plain = mailFor({ ...from, name: "x" }, "invitation", {
            to: "ada@example.com",
            values: {
              invited_to: "x",
              organization_name: "x",
              expires_on: "x",
              link: "https://x/",
            },
          });
          for (const sign of [/</g, />/g, /"/g, /'/g]) {
            expect(mail.html.match(sign)?.length).toBe(plain.html.match(sign)?.length);
          }
        }
      }),
    );
  });

  test("stays as it is when it looks like a placeholder itself", () => {
    const mail = mailFor({ ...sender(), name: "{{code}}" }, "code", {
      to: "ada@example.com",
      values: { code: "123456" },
    });
    expect(mail.subject).toBe("Your {{code}} code");
  });
});

describe("an app's own words", () => {
  const problems = (changes: Partial<MailTemplate>, kind: MailKindName = "code") =>
    templateProblems(kind, { subject: "A code", text: "{{code}}", html: null, ...changes });

  test("may be plain text, a part of a page in the usual frame, or a whole page", () => {
    const to = { to: "ada@example.com", values: { code: "123456" } };
    const framed = mailFor(worded("code", { html: "<p>{{ code }}</p>" }), "code", to).html;
    expect(framed).toContain("<p>123456</p>");
    // Screen readers go by the language: it is said only of the usual words.
    expect(framed).toMatch(/^<!doctype html>\s*<html><head>/);
    expect(mailFor(sender(), "code", to).html).toContain('<html lang="en">');
    const whole = '<html lang="de"><body>{{code}}</body></html>';
    expect(mailFor(worded("code", { html: whole }), "code", to).html).toBe(
      whole.replace("{{code}}", "123456"),
    );
    const text = mailFor(worded("code", { text: "1 < 2 & <b>\n\n{{code}}" }), "code", to);
    expect(text.text).toBe("1 < 2 & <b>\n\n123456\n");
    expect(text.html).toContain("1 &lt; 2 &amp; &lt;b&gt;");
  });

  test("must hold what the mail is for, in each body", () => {
    expect(problems({ text: "Hello" }).text).toMatch(/must hold \{\{code\}\}/);
    expect(problems({ html: "<p>Hello</p>" }).html).toMatch(/must hold \{\{code\}\}/);
    expect(problems({ text: "Hello" }, "invitation").text).toMatch(/\{\{link\}\}/);
    expect(problems({ text: "Hello" }, "password_changed")).toEqual({});
  });

  test("put no code and no link into the subject, which is read on locked screens", () => {
    expect(problems({ subject: "{{code}} is your code" }).subject).toMatch(/locked screens/);
    const invitation = { subject: "{{link}}", text: "{{link}}" };
    expect(problems(invitation, "invitation").subject).toMatch(/must not hold/);
    expect(problems({ subject: "a\nb" }).subject).toMatch(/one line/);
  });

  test.each(["{{name}}", "{{code", "}} {{code}}", "{{Code}}", "{{code.length}}"])(
    "name nothing that is not there: %s",
    (text) => {
      expect(problems({ text: `${text} {{code}}` }).text).toMatch(/\{\{/);
    },
  );

  test.each([
    "<script>{{code}}</script>",
    "<SCRIPT src=//x></SCRIPT>{{code}}",
    "<iframe src='x'></iframe>{{code}}",
    "<form action=x>{{code}}</form>",
    '<img src="x" onerror="alert(1)">{{code}}',
    '<a href="javascript:alert(1)">{{code}}</a>',
    '<a href="https://x/?{{app_name}}">{{code}}</a>',
    '<a href="{{app_name}}">{{code}}</a>',
    "<p title={{app_name}}>{{code}}</p>",
    "<p {{app_name}}>{{code}}</p>",
    '<p style="color:{{app_name}}">{{code}}</p>',
    "<!-- {{app_name}} -->{{code}}",
    "<style>p{color:{{app_name}}}</style>{{code}}",
  ])(
    "are refused as HTML when a value could become more than text, or no mail program shows it: %s",
    (html) => {
      expect(problems({ html }).html).toBeDefined();
    },
  );

  test.each([
    '<p style="color:#333" title="{{app_name}}">{{code}} – turn one = 1</p>',
    "<table><tr><td>{{code}}</td></tr></table>",
    '<img src="https://cdn.example.com/l.png" alt="{{app_name}}"><b>{{code}}</b>',
  ])("are taken as HTML otherwise: %s", (html) => {
    expect(problems({ html })).toEqual({});
  });

  test("every kind describes its placeholders for whoever writes", () => {
    for (const kind of kinds) {
      for (const each of Object.values(placeholdersOf(kind))) {
        expect(each.description.length * each.sample.length).toBeGreaterThan(0);
      }
    }
  });
});
