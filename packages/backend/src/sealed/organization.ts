import type { Engine } from "./engine.ts";
import { DEADLINE_MS } from "./engine.ts";

export interface OrganizationName {
  readonly id: string;
  readonly name: string;
}

/** GET /organizations/{id}. Null when there is none, and when the session server cannot say. */
export async function organizationName(
  { settings: { serverUrl, apiKey, fetch } }: Engine,
  organizationId: string,
): Promise<OrganizationName | null> {
  try {
    const response = await fetch(
      `${serverUrl}/organizations/${encodeURIComponent(organizationId)}`,
      {
        headers: { accept: "application/json", authorization: `Bearer ${apiKey}` },
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(DEADLINE_MS),
      },
    );
    if (response.status !== 200) return null;
    const { id, name } = JSON.parse(await response.text()) as Record<string, unknown>;
    return typeof id === "string" && typeof name === "string" ? { id, name } : null;
  } catch {
    return null;
  }
}
