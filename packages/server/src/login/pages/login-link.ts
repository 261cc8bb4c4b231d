/** An address of the hosted sign-in; `request` is the sealed login request. */
export function loginLink(
  request: string,
  step: Readonly<Partial<Record<"intent" | "step" | "with" | "declined", string>>> = {},
): string {
  return `/login?${new URLSearchParams({ request, ...step })}`;
}
