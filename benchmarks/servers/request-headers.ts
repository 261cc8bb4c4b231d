/** What a browser sends along with a call from a page of another origin. */
export const browserHeaders = {
  connection: "keep-alive",
  "user-agent":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  accept: "application/json",
  "accept-language": "en-GB,en;q=0.9",
  "accept-encoding": "gzip, deflate, br, zstd",
  origin: "https://app.example.com",
  referer: "https://app.example.com/",
  "sec-fetch-dest": "empty",
  "sec-fetch-mode": "cors",
  "sec-fetch-site": "same-site",
} as const;

/** And what the browser SDK adds. */
export function sdkHeaders(appId: string): Record<string, string> {
  return {
    ...browserHeaders,
    "privy-app-id": appId,
    "privy-ca-id": "6f1c1c86-7d2b-4b4e-9f8a-0a6f6b1a2c3d",
    "privy-client": "react-auth:3.45.0",
  };
}
