import type { AdminDomain } from "@latchkey/core/protocol/admin";

type State = AdminDomain["state"];

export const STATE_WORDS: Readonly<
  Record<State, { readonly title: string; readonly words: string; readonly color: string }>
> = {
  awaiting_dns: {
    title: "Waiting for DNS",
    words: "Set these records where the domain's DNS is kept, then press Refresh.",
    color: "yellow",
  },
  awaiting_ownership: {
    title: "Waiting for the TXT record",
    words: "The CNAME leads here. The TXT record that proves ownership is still to be seen.",
    color: "yellow",
  },
  awaiting_approval: {
    title: "Waiting for approval",
    words: "The records are there. An operator of this deployment decides about this domain.",
    color: "yellow",
  },
  active: {
    title: "Verified",
    words: "Cookies are set on this domain, and the app works only there.",
    color: "teal",
  },
  degraded: {
    title: "Verified, with a record missing",
    words:
      "Cookies are still set, but a record is missing or wrong. Mend it before the domain counts as moved.",
    color: "orange",
  },
  moved: {
    title: "Moved away",
    words:
      "The domain no longer leads here, so no cookies are set on it. Set the records again and press Refresh.",
    color: "red",
  },
  released: { title: "Removed", words: "It was given up.", color: "gray" },
  blocked: { title: "Refused", words: "An operator refused this domain.", color: "red" },
};

export const CERTIFICATE_WORDS: Readonly<
  Record<NonNullable<AdminDomain["certificate"]>["state"], string>
> = {
  none: "none yet.",
  checking_caa: "looking whether the domain's CAA records allow it.",
  issuing: "on its way.",
  live: "in use.",
  renewing: "in use, the next one is on its way.",
  failed: "the last attempt failed; it is tried again by itself.",
};
