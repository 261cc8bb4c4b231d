import type { AccountData } from "../storage/store.ts";

/** Models that tell who they are (AAGUID); what each calls itself. */
const MODELS: Readonly<Record<string, string>> = {
  "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
  "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
  "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
  "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
  "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
  "adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome on Mac",
  "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
  "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
  "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
  "fdb141b2-5d84-443e-8a35-4698c205a502": "KeePassXC",
  "50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
  "53414d53-554e-4700-0000-000000000000": "Samsung Pass",
};

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS|Chromium|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string, string])[] = [
  [/\biPhone\b/, "iOS", "iPhone"],
  [/\biPad\b/, "iPadOS", "iPad"],
  [/\bAndroid\b/, "Android", "Android device"],
  [/\bWindows\b/, "Windows", "Windows PC"],
  [/\b(Macintosh|Mac OS X)\b/, "macOS", "Mac"],
  [/\bCrOS\b/, "ChromeOS", "Chromebook"],
  [/\bLinux\b/, "Linux", "Linux PC"],
];

/** What helps a person to know a passkey again; only what the browser says of itself. */
export function madeWith(aaguid: string, userAgent: string | null): AccountData {
  const agent = userAgent ?? "";
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
  const [, system, device] = SYSTEMS.find(([pattern]) => pattern.test(agent)) ?? [];
  return {
    authenticator_name: MODELS[aaguid] ?? (device ? `Passkey (${device})` : "Passkey"),
    ...(browser !== undefined && { created_with_browser: browser }),
    ...(system !== undefined && { created_with_os: system }),
    ...(device !== undefined && { created_with_device: device }),
  };
}
