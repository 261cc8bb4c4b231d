/** Shapes of the browser protocol's answers, as the wire carries them. Times in seconds. */

export interface LinkedAccountTimes {
  verified_at: number;
  first_verified_at: number | null;
  latest_verified_at: number | null;
}

export type LinkedAccount = LinkedAccountTimes &
  (
    | { type: "email"; address: string }
    | { type: "phone"; phoneNumber: string; number: string }
    | { type: "custom_auth"; custom_user_id: string }
    | ProviderAccount
    | {
        type: "passkey";
        credential_id: string;
        enrolled_in_mfa: false;
        authenticator_name?: string;
        created_with_browser?: string;
        created_with_os?: string;
        created_with_device?: string;
      }
  );

/** What a provider says of the person; `subject` is what it calls them, and never changes. */
export type ProviderAccount =
  | { type: "google_oauth"; subject: string; email: string; name: string | null }
  | {
      type: "github_oauth";
      subject: string;
      username: string | null;
      name: string | null;
      email: string | null;
    }
  | { type: "discord_oauth"; subject: string; username: string | null; email: string | null }
  | {
      type: "twitter_oauth";
      subject: string;
      username: string | null;
      name: string | null;
      profile_picture_url: string | null;
    }
  | { type: "apple_oauth"; subject: string; email: string | null }
  | { type: "linkedin_oauth"; subject: string; email: string | null; name?: string }
  | {
      type: `custom:${string}`;
      subject: string;
      email?: string;
      name?: string;
      username?: string;
      profile_picture_url?: string;
    };

/** What a provider handed out for its own API. */
export interface OAuthTokens {
  provider: string;
  access_token: string;
  access_token_expires_in_seconds?: number;
  refresh_token?: string;
  refresh_token_expires_in_seconds?: number;
  scopes?: string[];
}

export type CustomMetadata = Record<string, string | number | boolean>;

export interface User {
  /** did:privy:… */
  id: string;
  created_at: number;
  has_accepted_terms: boolean;
  is_guest: boolean;
  linked_accounts: LinkedAccount[];
  mfa_methods: never[];
  custom_metadata?: CustomMetadata;
}

export type SessionUpdateAction = "set" | "clear" | "ignore";

/** Answer to every sign-in and to a refresh. */
export interface AuthenticatedUser {
  user: User;
  token: string | null;
  privy_access_token: string | null;
  refresh_token: string | null;
  identity_token?: string;
  is_new_user?: boolean;
  /** Only where the app asks for them. */
  oauth_tokens?: OAuthTokens;
  session_update_action: SessionUpdateAction;
}

export interface UserWithIdentityToken {
  user: User;
  identity_token: string | null;
}

/** Error body on every API path. `cause` carries the typed reason of a terminal answer. */
export interface ErrorBody {
  error: string;
  code: string;
  cause?: string;
}

/** Answer to linking an account that is another user's only one, where the app lets it move. */
export interface AccountTransferRequired extends ErrorBody {
  code: "account_transfer_required";
  data: {
    /** For /oauth/transfer, once, within ten minutes. */
    nonce: string;
    subject: string;
    account: { type: string; displayName: string };
    otherUser: Record<string, never>;
  };
}

/**
 * The one code on which a client may clear its session (session rule R5). Every other error,
 * whatever its status, leaves the session as it is.
 */
export const TERMINAL_CODE = "missing_or_invalid_token";

/** What a cookie-delivered session answers in place of a refresh token. */
export const COOKIE_HELD_REFRESH_TOKEN = "deprecated";

export interface AllowlistConfig {
  error_title: string | null;
  error_detail: string | null;
  cta_text: string | null;
  cta_link: string | null;
}

/** GET /apps/:id. The wallet fields exist because the protocol's own clients read them. */
/** A provider that the protocol has no name of its own for. */
export interface CustomOAuthProvider {
  enabled: boolean;
  /** `custom:<name>` */
  provider: string;
  provider_display_name: string;
  provider_icon_url: string;
}

export interface AppConfig {
  id: string;
  name: string;
  legal_name: string | null;
  logo_url: string | null;
  icon_url: string | null;
  accent_color: string | null;
  theme: string;
  allowed_domains: string[];
  allowed_native_app_ids: string[];
  allowed_native_app_url_schemes: string[];
  custom_api_url: string | null;
  verification_key: string;
  created_at: number;
  updated_at: number;
  email_auth: boolean;
  sms_auth: boolean;
  guest_auth: boolean;
  custom_jwt_auth: boolean;
  passkey_auth: boolean;
  passkeys_for_signup_enabled: boolean;
  apple_oauth: boolean;
  discord_oauth: boolean;
  github_oauth: boolean;
  google_oauth: boolean;
  instagram_oauth: boolean;
  line_oauth: boolean;
  linkedin_oauth: boolean;
  spotify_oauth: boolean;
  tiktok_oauth: boolean;
  twitch_oauth: boolean;
  twitter_oauth: boolean;
  twitter_oauth_on_mobile_enabled: boolean;
  telegram_oauth: boolean;
  telegram_auth: boolean;
  wallet_auth: boolean;
  solana_wallet_auth: boolean;
  farcaster_auth: boolean;
  farcaster_link_wallets_enabled: boolean;
  custom_oauth_providers: CustomOAuthProvider[];
  disable_plus_emails: boolean;
  merge_accounts_by_email: boolean;
  allowlist_enabled: boolean;
  allowlist_config: AllowlistConfig;
  captcha_enabled: boolean;
  enabled_captcha_provider: null;
  data_classification: "public";
  embedded_wallet_config: {
    create_on_login: "off";
    ethereum: { create_on_login: "off" };
    solana: { create_on_login: "off" };
    mode: "user-controlled-server-wallets-only";
    user_owned_recovery_options: never[];
    require_user_owned_recovery_on_create: false;
    require_user_password_on_create: false;
  };
  smart_wallet_config: { enabled: false };
  enforce_wallet_uis: boolean;
  external_wallets_for_signup_enabled: boolean;
  fiat_on_ramp_enabled: boolean;
  legacy_wallet_ui_config: boolean;
  max_linked_wallets_per_user: number | null;
  mfa_methods: never[];
  privacy_policy_url: string | null;
  terms_and_conditions_url: string | null;
  require_users_accept_terms: boolean;
  show_wallet_login_first: boolean;
  wallet_connect_cloud_project_id: null;
  whatsapp_enabled: boolean;
}

export interface TestAccount {
  id: string;
  email: string;
  phone_number: string;
  otp_code: string;
  created_at: string;
  updated_at: string;
}

export interface AllowlistEntry {
  id: string;
  acceptedAt: number | null;
  appId: string;
  type: string;
  value: string;
}
