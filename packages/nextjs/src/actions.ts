"use server";

// Every function of this file can be called by anybody who sends a request. Each reads the session
// of the request itself, and answers an address to sign in at in place of a redirect there: whether
// to leave the page is the page's to decide.
import {
  type AuthAnswer,
  type AuthQuestion,
  authAnswer,
  type ClientUserInfo,
  organizationAnswer,
  refreshedAnswer,
  switchedAnswer,
} from "./client-answers.ts";
import type { SwitchToOrganizationOptions } from "./interfaces.ts";
import { nextPorts } from "./next-ports.ts";
import { endSession } from "./sign-out.ts";

export async function getAuthAction(question: AuthQuestion = {}): Promise<AuthAnswer> {
  return authAnswer(nextPorts, question);
}

export async function refreshAuthAction(
  question: AuthQuestion & { readonly organizationId?: string | undefined } = {},
): Promise<AuthAnswer> {
  return refreshedAnswer(nextPorts, question);
}

export async function switchToOrganizationAction(
  organizationId: string,
  options?: SwitchToOrganizationOptions,
): Promise<ClientUserInfo | { error: string }> {
  return switchedAnswer(nextPorts, organizationId, options);
}

/**
 * Leads the browser to where the session ends everywhere. By Next's redirect: after an action that
 * only set cookies Next renders the page anew, and where that leads nobody in to, it would lead away
 * before the session has ended.
 */
export async function signOutAction(
  options: { returnTo?: string | undefined } = {},
): Promise<void> {
  nextPorts.redirect(await endSession(nextPorts, { returnTo: options.returnTo }));
}

export async function getOrganizationAction(): Promise<{ id: string; name: string } | null> {
  return organizationAnswer(nextPorts);
}
