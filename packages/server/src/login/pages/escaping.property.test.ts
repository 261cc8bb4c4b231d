/** What people and apps type is shown and never run (ASVS 1.2.1, 3.2.2). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { accountCodePage } from "./account-code-page.ts";
import { accountPage } from "./account-page.ts";
import type { Branding } from "./branding.ts";
import { codePage } from "./code-page.ts";
import { deviceCodePage, deviceDecisionPage } from "./device-page.ts";
import { emailPage } from "./email-page.ts";
import { invitationPage } from "./invitation-page.ts";
import { layout, type PageContent } from "./layout.ts";
import { leavingPage } from "./leaving-page.ts";
import { messagePage } from "./message-page.ts";
import { organizationPage } from "./organization-page.ts";
import { newPasswordPage, passwordPage } from "./password-page.ts";
import { passwordResetPage } from "./password-reset-page.ts";
import { providersPage } from "./providers-page.ts";

const hostile = fc.oneof(
  fc.constantFrom(
    "<script>alert(1)</script>",
    `"><img src=x onerror=alert(1)>`,
    `' autofocus onfocus='alert(1)`,
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "&lt;script&gt;",
  ),
  fc.string({ unit: fc.constantFrom("<", ">", '"', "'", "&", "/", "a", " ", "=", "\n") }),
);

/** Tags and attribute names, in order: what a browser would act on. */
function skeleton(html: string): string {
  return html
    .replace(/<style[\s\S]*?<\/style>/, "<style>")
    .replace(/="[^"]*"/g, "=")
    .replace(/>[^<]*/g, ">");
}

function branding(text: string): Branding {
  return { name: text, logoUrl: null, accentColor: null, termsUrl: null, privacyUrl: null };
}

const pages = (text: string): PageContent[] => [
  accountCodePage({
    branding: branding(text),
    clientId: text,
    fresh: text,
    email: text,
    error: text,
  }),
  accountPage({
    branding: branding(text),
    clientId: text,
    fresh: text,
    accounts: [
      {
        type: text,
        subject: text,
        data: { email: text },
        verifiedAt: 0,
        firstVerifiedAt: 0,
        latestVerifiedAt: 0,
        isVerified: false,
      },
    ],
    passkeys: [
      {
        ...{ credentialId: text, userId: text, rpId: text, publicKey: text, aaguid: text },
        ...{ name: text, counter: 0, backupEligible: false, backedUp: false, transports: [] },
        ...{ createdAt: 0, lastUsedAt: null, regressedAt: null },
      },
    ],
    password: { isSet: true },
    takesAddress: true,
    addsPasskeys: true,
    providers: [{ id: text, name: text, accountType: "other", isLinked: false }],
    sessions: [],
    back: null,
    notice: text,
    emailError: text,
    passwordError: text,
  }),
  emailPage({
    branding: branding(text),
    intent: "sign-in",
    request: text,
    email: text,
    offersCode: true,
    offersPassword: true,
    error: text,
    providers: [{ id: text, name: text }],
    notice: text,
    passkey: null,
  }),
  leavingPage({
    branding: branding(text),
    name: text,
    href: `/login/provider?request=${encodeURIComponent(text.toWellFormed())}`,
  }),
  providersPage({
    branding: branding(text),
    intent: "sign-in",
    request: text,
    providers: [{ id: text, name: text }],
    notice: text,
  }),
  codePage({
    branding: branding(text),
    intent: "sign-up",
    request: text,
    email: text,
    sentAgain: true,
    offersPassword: true,
    error: text,
  }),
  newPasswordPage({
    branding: branding(text),
    intent: "sign-up",
    request: text,
    email: text,
    emailError: text,
    passwordError: text,
  }),
  passwordPage({
    branding: branding(text),
    request: text,
    email: text,
    emailError: text,
    passwordError: text,
    offersCode: true,
    providers: [{ id: text, name: text }],
    notice: text,
    passkey: null,
  }),
  deviceCodePage({ userCode: text, error: text }),
  deviceDecisionPage({
    branding: branding(text),
    decide: text,
    email: text,
    userCode: text,
    userAgent: text,
    ip: text,
  }),
  invitationPage({ branding: branding(text), token: text, email: text, organizationName: text }),
  organizationPage({
    branding: branding(text),
    choose: text,
    organizations: [
      { id: text, name: text },
      { id: "org_2", name: text },
    ],
  }),
  passwordResetPage({ branding: branding(text), token: text, email: text, error: text }),
  messagePage({
    branding: branding(text),
    title: text,
    text,
    ways: [{ label: text, href: "/" }],
    details: { code: text, requestId: text },
  }),
];

test("no name, address, error or request adds an element or attribute to a page", async () => {
  const plain = await Promise.all(pages("x").map((page) => layout(page, "n")));
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const shown = await Promise.all(pages(`x${text}`).map((page) => layout(page, "n")));
      expect(shown.map((page) => skeleton(page.toString()))).toEqual(
        plain.map((page) => skeleton(page.toString())),
      );
    }),
  );
});
