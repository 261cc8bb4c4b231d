/**
 * What a provider is, as data. Where it follows OpenID Connect, its discovery document says the
 * rest; where it does not, its endpoints and the fields of its profile stand here.
 */

import type { AuthenticationMethod } from "@latchkey/core/protocol/app-server";

/** How the client proves itself at the token endpoint. */
export type ClientAuthentication =
  | "client_secret_basic"
  | "client_secret_post"
  /** A secret of minutes, an ES256 JWT that the provider's private key signs (Apple). */
  | "apple_jwt";

/** When an address that the provider hands out proves that the person holds it. */
export type EmailVouching =
  | { readonly kind: "never" }
  | {
      readonly kind: "claim";
      /** Of the ID token, or of the profile: true, "true" or 1. */
      readonly claim: string;
      /**
       * And then only where the provider runs the mailbox: at one of `domains`, or at the domain
       * that the claim `hostedDomainClaim` names.
       */
      readonly only?: { readonly domains: readonly string[]; readonly hostedDomainClaim: string };
    };

/** Where the profile says what, of a provider without ID tokens; a path of keys, with dots. */
export interface ProfileFields {
  readonly url: string;
  /** The provider's id of the person, which never changes and is never given to another. */
  readonly subject: string;
  readonly email?: string;
  readonly name?: string;
  readonly username?: string;
  readonly picture?: string;
  /** The picture's address where the profile has a part of it only: `{field}` is replaced. */
  readonly pictureTemplate?: string;
  /**
   * A list of the person's addresses, at an address of its own; the one marked primary and verified
   * is taken, and is vouched for.
   */
  readonly emailList?: {
    readonly url: string;
    readonly address: string;
    readonly primary: string;
    readonly verified: string;
  };
}

/** What an administrator enters in addition to client id and secret. */
export interface PresetOption {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  /** The whole value matches. */
  readonly pattern: string;
  /** Taken when nothing is entered; without one the option is required. */
  readonly fallback?: string;
}

export type Prompt = "login" | "consent" | "select_account";

interface AnyPreset {
  readonly key: string;
  readonly name: string;
  /** The browser protocol's name of the provider; `custom:` stands before what it does not know. */
  readonly slug: string;
  /** Type of the linked account, as the browser protocol has it. */
  readonly accountType: string;
  /** `provider` and `authentication_method` of the app-server protocol, such as GoogleOAuth. */
  readonly authkitName: AuthenticationMethod;
  readonly scopes: readonly string[];
  readonly clientAuth: ClientAuthentication;
  readonly responseMode?: "form_post";
  /** False where the provider refuses a client that sends a code challenge. */
  readonly pkce: boolean;
  readonly vouchesForEmail: EmailVouching;
  readonly options: readonly PresetOption[];
}

export interface OidcPreset extends AnyPreset {
  readonly kind: "oidc";
  /** Null: the provider's row names it. `{tenant}` and the like are replaced by options. */
  readonly issuer: string | null;
  /** False where its ID tokens do not carry the nonce. */
  readonly nonce: boolean;
  /**
   * What it calls each `prompt` of OpenID Connect Core section 3.1.2.1; one that is not here is not
   * sent, as some refuse what they do not know. Left out: it follows the standard.
   */
  readonly prompts?: Readonly<Partial<Record<Prompt, Prompt>>>;
}

export interface OAuth2Preset extends AnyPreset {
  readonly kind: "oauth2";
  /** Names the provider in an identity (issuer, subject); nothing is fetched there. */
  readonly issuer: string;
  readonly endpoints: { readonly authorization: string; readonly token: string };
  readonly profile: ProfileFields;
}

export type Preset = OidcPreset | OAuth2Preset;
