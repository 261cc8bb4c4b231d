interface ImportMetaEnv {
  readonly VITE_LATCHKEY_URL: string;
  readonly VITE_LATCHKEY_APP_ID: string;
}
