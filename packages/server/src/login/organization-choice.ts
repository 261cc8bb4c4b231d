/** Between proof of identity and the code, where the app wants an organization chosen. */
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import type { Completed } from "./complete-login.ts";
import { openStep, sealStep } from "./sealed-step.ts";

/** Where a person chooses one of their organizations. */
export const ORGANIZATION_PAGE = "/login/organization";

export type OrganizationChoice = Omit<Completed, "app">;

const LABEL = "organization-choice 2";

/** The address of the page that asks for it, good in this browser alone. */
export async function choiceUrl(
  services: Services,
  context: RequestContext,
  { request, userId, method, authenticatedAt, proofCode }: OrganizationChoice,
): Promise<string> {
  const choice: OrganizationChoice = {
    ...{ request, userId, method, authenticatedAt },
    ...(proofCode !== undefined && { proofCode }),
  };
  return `${ORGANIZATION_PAGE}?choose=${await sealStep(services, context, LABEL, choice)}`;
}

/** Throws as openStep does. */
export function openChoice(
  services: Services,
  context: RequestContext,
  sealed: string,
): Promise<OrganizationChoice> {
  return openStep(services, context, LABEL, sealed);
}
