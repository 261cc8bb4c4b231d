import { type CurrentRequest, currentRequest, pathOf } from "./current-request.ts";
import { TokenRefreshError } from "./errors.ts";
import type { SwitchToOrganizationOptions, UserInfo } from "./interfaces.ts";
import type { NextPorts } from "./ports.ts";
import { refreshSession } from "./refresh-session.ts";
import { sitePath } from "./site-path.ts";
import { toSignIn } from "./with-auth.ts";

/** What only a sign-in in that organization can bring. */
const NEEDS_SIGN_IN = ["sso_required", "mfa_enrollment", "mfa_challenge"];

/** Refreshes into another organization of the user, then renders anew. */
export async function switchToOrganization(
  ports: NextPorts,
  organizationId: string,
  options: SwitchToOrganizationOptions = {},
): Promise<UserInfo> {
  if (typeof organizationId !== "string" || organizationId === "") {
    throw new TypeError("switchToOrganization takes the organization's id, org_…, first.");
  }
  const { returnTo, revalidationStrategy = "path", revalidationTags = [] } = options;
  const current = await currentRequest(ports);
  const target = sitePath(returnTo, current.request.url) ?? (await here(ports, current));
  let result: UserInfo;
  try {
    result = (await refreshSession(ports, { organizationId, ensureSignedIn: true })) as UserInfo;
  } catch (error) {
    if (!(error instanceof TokenRefreshError) || !NEEDS_SIGN_IN.includes(error.code ?? "")) {
      throw error;
    }
    return toSignIn(ports, current, { mode: "sign_in", organizationId, returnTo: target });
  }
  if (revalidationStrategy === "none") return result;
  if (revalidationStrategy === "tag") {
    for (const tag of revalidationTags) ports.revalidateTag(tag);
  } else {
    ports.revalidatePath(new URL(target, current.request.url).pathname);
  }
  ports.redirect(target);
}

/** The page: whole where the proxy tells it, since Next puts its basePath before a mere path. */
async function here(ports: NextPorts, { headers, request }: CurrentRequest): Promise<string> {
  const url = URL.parse(headers.get("x-url") ?? "");
  if (url && url.host === new URL(request.url).host) return url.href;
  return (await pathOf(ports, headers)) ?? "/";
}
