export { completeOAuth, type OAuthReturn, type OAuthReturnOptions } from "./complete.ts";
export type { OAuthPage, OAuthWindow } from "./page.ts";
export { type OAuthPopupOptions, popUpOAuth } from "./popup.ts";
export { type OAuthProvider, oauthProviders } from "./providers.ts";
export { type StartOAuthOptions, startOAuth } from "./start.ts";
export { type UnlinkOAuthOptions, unlinkOAuth } from "./unlink.ts";
