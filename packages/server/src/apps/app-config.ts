import type { AppConfig } from "@latchkey/core/protocol/browser";
import type { CookieMode } from "../cookies/cookie-mode.ts";
import { findPreset } from "../providers/presets.ts";
import { appWide } from "../providers/provider-directory.ts";
import type { IdentityProvider } from "../storage/store.ts";
import type { App, AppClient } from "./app-directory.ts";

/** The app as pages of this app client read it; `verificationKey` is an SPKI PEM, `providers` those enabled. */
export function appConfig(
  app: App,
  client: AppClient | null,
  cookies: CookieMode | null,
  verificationKey: string,
  providers: readonly IdentityProvider[],
): AppConfig {
  const { settings } = app;
  const offered = appWide(providers);
  return {
    id: app.id,
    name: app.name,
    legal_name: settings.legalName,
    logo_url: settings.logoUrl,
    icon_url: settings.iconUrl,
    accent_color: settings.accentColor,
    theme: settings.theme,
    allowed_domains: [...settings.allowedOrigins],
    allowed_native_app_ids: [...(client?.settings.nativeAppIds ?? [])],
    allowed_native_app_url_schemes: [],
    // What moves the protocol's clients over to cookies, and to the host that sets them.
    custom_api_url: cookies?.baseUrl ?? null,
    verification_key: verificationKey,
    created_at: Math.floor(app.createdAt / 1000),
    updated_at: Math.floor(app.updatedAt / 1000),
    email_auth: settings.emailAuth,
    guest_auth: settings.guestAuth,
    custom_jwt_auth: settings.customJwt !== null,
    passkey_auth: settings.passkeyAuth,
    passkeys_for_signup_enabled: settings.passkeyAuth && settings.passkeysForSignup,
    disable_plus_emails: settings.disablePlusEmails,
    allowlist_enabled: settings.allowlistEnabled,
    allowlist_config: {
      error_title: settings.allowlistTitle,
      error_detail: settings.allowlistDetail,
      cta_text: settings.allowlistCtaText,
      cta_link: settings.allowlistCtaLink,
    },
    privacy_policy_url: settings.privacyUrl,
    terms_and_conditions_url: settings.termsUrl,
    require_users_accept_terms: settings.requireTerms,
    ...NOT_OFFERED,
    ...providerFlags(offered),
    merge_accounts_by_email: offered.some(({ mergeByEmail }) => mergeByEmail),
  };
}

/** The providers that the protocol has a name for, of those that this server has a preset for. */
function providerFlags(offered: readonly IdentityProvider[]) {
  const types = offered.map(({ preset }) => findPreset(preset)?.accountType);
  const hasX = types.includes("twitter_oauth");
  return {
    apple_oauth: types.includes("apple_oauth"),
    discord_oauth: types.includes("discord_oauth"),
    github_oauth: types.includes("github_oauth"),
    google_oauth: types.includes("google_oauth"),
    linkedin_oauth: types.includes("linkedin_oauth"),
    twitter_oauth: hasX,
    twitter_oauth_on_mobile_enabled: hasX,
    custom_oauth_providers: offered
      .filter(({ slug }) => slug.startsWith("custom:"))
      .map(({ slug, name, iconUrl }) => ({
        enabled: true,
        provider: slug,
        provider_display_name: name,
        provider_icon_url: iconUrl ?? "",
      })),
  } satisfies Partial<AppConfig>;
}

/** What the protocol has and this server does not offer: the clients read every field. */
const NOT_OFFERED = {
  sms_auth: false,
  instagram_oauth: false,
  line_oauth: false,
  spotify_oauth: false,
  tiktok_oauth: false,
  twitch_oauth: false,
  telegram_oauth: false,
  telegram_auth: false,
  wallet_auth: false,
  solana_wallet_auth: false,
  farcaster_auth: false,
  farcaster_link_wallets_enabled: false,
  captcha_enabled: false,
  enabled_captcha_provider: null,
  data_classification: "public",
  embedded_wallet_config: {
    create_on_login: "off",
    ethereum: { create_on_login: "off" },
    solana: { create_on_login: "off" },
    mode: "user-controlled-server-wallets-only",
    user_owned_recovery_options: [],
    require_user_owned_recovery_on_create: false,
    require_user_password_on_create: false,
  },
  smart_wallet_config: { enabled: false },
  enforce_wallet_uis: false,
  external_wallets_for_signup_enabled: false,
  fiat_on_ramp_enabled: false,
  legacy_wallet_ui_config: false,
  max_linked_wallets_per_user: null,
  mfa_methods: [],
  show_wallet_login_first: false,
  wallet_connect_cloud_project_id: null,
  whatsapp_enabled: false,
} satisfies Partial<AppConfig>;
