/** Between proof of identity and the decision about a device: who it is, and which device. */
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import type { LoginMethod } from "./complete-login.ts";
import { DEVICE_PAGE } from "./device-page-path.ts";
import { openStep, sealStep } from "./sealed-step.ts";

export interface DeviceDecisionRequest {
  readonly grantId: string;
  /** What the device shows. */
  readonly userCode: string;
  readonly appId: string;
  /** The user's key (User.id). */
  readonly userId: string;
  readonly email: string;
  readonly method: LoginMethod;
  /** Milliseconds since the epoch by the database's clock. */
  readonly authenticatedAt: number;
}

const LABEL = "device-decision 1";

/** The address of the page that asks for the decision, good in this browser alone. */
export async function decisionUrl(
  services: Services,
  context: RequestContext,
  request: DeviceDecisionRequest,
): Promise<string> {
  return `${DEVICE_PAGE}?decide=${await sealStep(services, context, LABEL, request)}`;
}

/** Throws as openStep does. */
export function openDecision(
  services: Services,
  context: RequestContext,
  sealed: string,
): Promise<DeviceDecisionRequest> {
  return openStep(services, context, LABEL, sealed);
}
