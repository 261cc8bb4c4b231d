export {
  type AppConfig,
  createLatchkeyClient,
  type LatchkeyClient,
  LatchkeyClientError,
  type LatchkeyClientOptions,
  type LatchkeySnapshot,
  type LatchkeyStatus,
  type SessionFacts,
  type SignedIn,
  type SignInMode,
  type User,
} from "@latchkey/browser";
export type { OAuthProvider, OAuthReturn } from "@latchkey/browser/oauth";
export { LatchkeyProvider, type LatchkeyProviderProps, useLatchkeyClient } from "./provider.tsx";
export { RefreshPage, type RefreshPageProps } from "./refresh-page.tsx";
export { SignIn, type SignInProps } from "./sign-in.tsx";
export type { SignInTexts } from "./sign-in-texts.ts";
export { type Latchkey, useLatchkey, useUser } from "./use-latchkey.ts";
export { type OAuth, type UseOAuthOptions, useOAuth } from "./use-oauth.ts";
export { type Passkey, type UsePasskeyOptions, usePasskey } from "./use-passkey.ts";
export {
  type RefreshPageState,
  type UseRefreshPageOptions,
  useRefreshPage,
} from "./use-refresh-page.ts";
