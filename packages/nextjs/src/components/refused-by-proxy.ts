import { SIGN_IN_FIRST } from "../sign-in-first.ts";

/** A Server Action that the proxy did not let through: Next makes its words the error. */
export function isRefusedByProxy(error: unknown): boolean {
  return error instanceof Error && error.message.includes(SIGN_IN_FIRST);
}
