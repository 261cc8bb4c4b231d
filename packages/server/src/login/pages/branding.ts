import type { App } from "../../apps/app-directory.ts";

/** What of an app its sign-in pages show. */
export interface Branding {
  readonly name: string;
  /** http or https. */
  readonly logoUrl: string | null;
  /** `#rrggbb`; null for the pages' own. */
  readonly accentColor: string | null;
  readonly termsUrl: string | null;
  readonly privacyUrl: string | null;
}

export function brandingOf({ name, settings }: App): Branding {
  const { logoUrl, accentColor, termsUrl, privacyUrl } = settings;
  return { name, logoUrl, accentColor, termsUrl, privacyUrl };
}
