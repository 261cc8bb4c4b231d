import type { DevServer } from "../support/dev-server.ts";

const PASSWORD = "a cookie password of more than 32 characters";

/** What the vendor's documentation has its users set. */
export function siteSettings(
  server: DevServer,
  url: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { hostname, port } = new URL(server.url);
  return {
    WORKOS_CLIENT_ID: server.credentials.client_id,
    WORKOS_API_KEY: server.credentials.api_key,
    WORKOS_API_HOSTNAME: hostname,
    WORKOS_API_PORT: port,
    WORKOS_API_HTTPS: "false",
    WORKOS_COOKIE_PASSWORD: PASSWORD,
    NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${url}/callback`,
    SITE_URL: url,
    AFTER_SIGN_OUT: `${url}/bye`,
    ...more,
  };
}
