import { randomBytes } from "node:crypto";

/** An address that no other test uses: codes are limited per address. */
export function newAddress(): string {
  return `ada-${randomBytes(6).toString("hex")}@example.com`;
}
