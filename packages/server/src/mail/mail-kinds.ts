/**
 * Every mail that an app sends, by kind: what it says unless the app has its own words, and what may
 * stand in it. A new mail is one entry here, and `mailFor(app, kind, …)` where it is sent; templates,
 * preview, tests and the dashboard follow by themselves.
 */

export interface Placeholder {
  readonly description: string;
  /** For previews and test mails. */
  readonly sample: string;
  /**
   * secret: shown large, and never in the subject, which a locked telephone shows. link: an address,
   * a button in HTML, and never in the subject.
   */
  readonly is?: "secret" | "link";
}

export interface MailKind {
  readonly name: string;
  readonly description: string;
  /** Beside those that every mail has. */
  readonly placeholders: Readonly<Record<string, Placeholder>>;
  /** Without these the mail would be of no use. */
  readonly required: readonly string[];
  /** Of the button that a link is. */
  readonly linkLabel?: string;
  readonly subject: string;
  /** Paragraphs, with an empty line between. A secret or a link stands alone in its own. */
  readonly text: string;
}

const COMMON_PLACEHOLDERS = {
  app_name: { description: "The app's name", sample: "Your app" },
  email: { description: "The address that the mail goes to", sample: "ada@example.com" },
} as const satisfies Record<string, Placeholder>;

const NOTHING_TO_DO = "If that was you, there is nothing to do.";
const SIGNED_OUT = "Wherever else you were signed in, you are signed out.";

export const MAIL_KINDS = {
  code: {
    name: "Code",
    description: "A one-time code, to sign in or to prove an address.",
    placeholders: {
      code: { description: "The code, six digits", sample: "123456", is: "secret" },
    },
    required: ["code"],
    subject: "Your {{app_name}} code",
    text: `Your code for {{app_name}}:

{{code}}

It is good for ten minutes and works once.

If you did not ask for it, ignore this mail and tell nobody the code.`,
  },
  invitation: {
    name: "Invitation",
    description: "Somebody is invited to the app, or to an organization in it.",
    placeholders: {
      invited_to: {
        description: "The organization and the app, or the app alone",
        sample: "Acme on Your app",
      },
      organization_name: {
        description: "The organization; empty for an invitation to the app alone",
        sample: "Acme",
      },
      expires_on: {
        description: "The last day it is good, such as 2026-12-31",
        sample: "2026-12-31",
      },
      link: {
        description: "Where to accept",
        sample: "https://example.com/invitation",
        is: "link",
      },
    },
    required: ["link"],
    linkLabel: "See the invitation",
    subject: "You are invited to {{invited_to}}",
    text: `You are invited to join {{invited_to}}.

{{link}}

The invitation is for {{email}} and good until {{expires_on}}. You sign in with this address.

If you do not know what this is about, ignore this mail.`,
  },
  password_reset: {
    name: "New password",
    description: "The link to choose a new password.",
    placeholders: {
      link: { description: "Where to choose it", sample: "https://example.com/reset", is: "link" },
    },
    required: ["link"],
    linkLabel: "Choose a new password",
    subject: "Choose a new {{app_name}} password",
    text: `Somebody asked for a new password for your {{app_name}} account. Choose it here:

{{link}}

The link is good for an hour and works once.

If it was not you, ignore this mail: without the link nothing changes.`,
  },
  password_changed: {
    name: "Password was set",
    description: "Tells that the password was set or replaced.",
    placeholders: {},
    required: [],
    subject: "Your {{app_name}} password was set",
    text: `The password of your {{app_name}} account was set just now.

${NOTHING_TO_DO} Wherever you were signed in with the old one, you are signed out.

If it was not you, somebody can read your mail: secure your mailbox first, then choose a new password.`,
  },
  address_replaced: {
    name: "Address was replaced",
    description: "To the address that left an account, when another took its place.",
    placeholders: {},
    required: [],
    subject: "Your {{app_name}} account no longer has this address",
    text: `Another e-mail address took the place of this one in your {{app_name}} account just now.

${NOTHING_TO_DO} ${SIGNED_OUT}

If it was not you, somebody has used your account: tell the people behind {{app_name}}, from this address.`,
  },
  address_removed: {
    name: "Address was removed",
    description: "To the address that left an account.",
    placeholders: {},
    required: [],
    subject: "Your {{app_name}} account no longer has this address",
    text: `This e-mail address was removed from your {{app_name}} account just now.

${NOTHING_TO_DO} ${SIGNED_OUT}

If it was not you, somebody has used your account: tell the people behind {{app_name}}, from this address.`,
  },
  way_in_added: {
    name: "Sign-in was added",
    description: "Tells that one can sign in with another provider, too.",
    placeholders: {
      way_in: { description: "What one signs in with", sample: "Google" },
    },
    required: [],
    subject: "{{way_in}} was added to your {{app_name}} account",
    text: `From now on one can sign in to your {{app_name}} account with {{way_in}}.

${NOTHING_TO_DO}

If it was not you, somebody has used your account: sign in, remove {{way_in}} again, and tell the people behind {{app_name}}.`,
  },
  way_in_removed: {
    name: "Sign-in was removed",
    description: "Tells that one can no longer sign in with a provider.",
    placeholders: {
      way_in: { description: "What one signed in with", sample: "Google" },
    },
    required: [],
    subject: "{{way_in}} was removed from your {{app_name}} account",
    text: `One can no longer sign in to your {{app_name}} account with {{way_in}}. ${SIGNED_OUT}

${NOTHING_TO_DO}

If it was not you, somebody has used your account: sign in, look at its other ways to sign in, and tell the people behind {{app_name}}.`,
  },
  passkey_added: {
    name: "Passkey was added",
    description: "Tells that a passkey was added.",
    placeholders: {
      passkey: { description: "What its user calls it", sample: 'The passkey "Ada’s phone"' },
    },
    required: [],
    subject: "A passkey was added to your {{app_name}} account",
    text: `{{passkey}} was added to your {{app_name}} account just now. It signs in without a code or password.

${NOTHING_TO_DO}

If it was not you, somebody has used your account: sign in, remove what you do not know, and tell the people behind {{app_name}}.`,
  },
  passkey_removed: {
    name: "Passkey was removed",
    description: "Tells that a passkey was removed.",
    placeholders: {
      passkey: { description: "What its user called it", sample: 'The passkey "Ada’s phone"' },
    },
    required: [],
    subject: "A passkey was removed from your {{app_name}} account",
    text: `{{passkey}} was removed from your {{app_name}} account just now. It signs in no more.

${NOTHING_TO_DO} ${SIGNED_OUT}

If it was not you, somebody has used your account: sign in, remove what you do not know, and tell the people behind {{app_name}}.`,
  },
} as const satisfies Record<string, MailKind>;

export type MailKindName = keyof typeof MAIL_KINDS;

/** A text for each of the kind's own placeholders. */
export type MailValues<K extends MailKindName> = {
  readonly [Name in keyof (typeof MAIL_KINDS)[K]["placeholders"]]: string;
};

export const isMailKind = (name: string): name is MailKindName => Object.hasOwn(MAIL_KINDS, name);

export function placeholdersOf(kind: MailKindName): Readonly<Record<string, Placeholder>> {
  return { ...MAIL_KINDS[kind].placeholders, ...COMMON_PLACEHOLDERS };
}
