/** Which sessions of an app are listed; part of the page's address. */
export const END_REASONS = {
  logout: "signed out",
  revoked: "revoked",
  reuse: "token used twice",
  user_disabled: "user disabled",
  user_deleted: "user deleted",
  replaced: "replaced",
} as const;
export type EndReason = keyof typeof END_REASONS;

export interface SessionFilter {
  readonly state?: "active" | "ended";
  readonly reason?: EndReason;
  readonly method?: string;
}

export function readSessionFilter(search: Record<string, unknown>): SessionFilter {
  const { state, reason, method } = search;
  const isReason = typeof reason === "string" && Object.hasOwn(END_REASONS, reason);
  return {
    ...(isReason ? { state: "ended" as const } : isState(state) && { state }),
    ...(isReason && { reason: reason as EndReason }),
    ...(typeof method === "string" && method !== "" && { method }),
  };
}

const isState = (value: unknown): value is "active" | "ended" =>
  value === "active" || value === "ended";
