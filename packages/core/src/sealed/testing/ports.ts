import { platformCrypto as onNode } from "../../crypto/node.ts";
import type { CryptoPort } from "../../crypto/port.ts";
import { platformCrypto as onWeb } from "../../crypto/web.ts";

/** What every suite of sealed cookies runs on. */
export const ports: readonly [string, CryptoPort][] = [
  ["node:crypto", onNode],
  ["WebCrypto", onWeb],
];
