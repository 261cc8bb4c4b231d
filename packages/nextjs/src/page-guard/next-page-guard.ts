import {
  createPageGuard as createGuard,
  type PageCheck,
  type PageDecision,
  type PageGuardOptions,
} from "@latchkey/backend";
import { type NextRequest, NextResponse } from "next/server";
import { keepPrivate } from "../authkit-headers.ts";

/** As `PageDecision` of `@latchkey/backend`: a `response` is to be returned as it is. */
export type NextPageDecision =
  | Extract<PageDecision, { status: "signed_in" }>
  | (Omit<Exclude<PageDecision, { status: "signed_in" }>, "response"> & {
      readonly response: NextResponse | null;
    });

export interface NextPageGuard {
  /** Never rejects because of what was sent or because the session server is away. */
  check(request: NextRequest, options?: PageCheck): Promise<NextPageDecision>;
}

/**
 * `createPageGuard` of `@latchkey/backend` for a `proxy.ts` of your own (before Next 16
 * `middleware.ts`). Throws a TypeError for options that cannot work.
 */
export function createPageGuard(options: PageGuardOptions): NextPageGuard {
  const guard = createGuard(options);
  return {
    async check(request, check) {
      const decision = await guard.check(request, check);
      if (decision.response === null) return { ...decision, response: null };
      return { ...decision, response: toNextResponse(decision.response, request) };
    },
  };
}

function toNextResponse(response: Response, request: NextRequest): NextResponse {
  const answer = new NextResponse(response.body, {
    status: response.status,
    headers: response.headers,
  });
  const location = response.headers.get("location");
  // Next wants whole addresses, and shortens those of its own host again.
  if (location !== null) answer.headers.set("location", new URL(location, request.url).href);
  keepPrivate(answer.headers);
  return answer;
}
