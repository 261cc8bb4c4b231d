/** What a sign-in at a provider is for: kept sealed while the browser is away. */
export type FlowPurpose = BrowserPurpose | PagePurpose;

/** A page of the app asked, and holds verifier and state code (browser protocol). */
export interface BrowserPurpose {
  readonly kind: "browser";
  readonly clientId: string | null;
  readonly redirectTo: string;
  /** PKCE, S256, of the page: the code that it gets is good with its verifier only. */
  readonly codeChallenge: string;
  readonly stateCode: string;
}

/**
 * A page of this server asked: the hosted sign-in, or the account page. The browser is sent back to
 * `returnPath` with `provider_code`, for findProof, or `provider_error`: a denial is `access_denied`.
 * That page holds the browser to its own cookie; `data` comes back with the proof.
 */
export interface PagePurpose {
  readonly kind: "hosted" | "account";
  /** A path of this server, with query. */
  readonly returnPath: string;
  readonly data: Readonly<Record<string, string>>;
}
