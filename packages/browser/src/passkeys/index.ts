export {
  isPasskeyAutofillSupported,
  isPasskeySupported,
  type PasskeyCredentials,
} from "./authenticator.ts";
export type { PasskeyClient, PasskeyOptions } from "./ceremony.ts";
export { linkPasskey, type UnlinkPasskeyOptions, unlinkPasskey } from "./link.ts";
export { autofillPasskey, signInWithPasskey, signUpWithPasskey } from "./sign-in.ts";
