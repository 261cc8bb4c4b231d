import type { OAuthTokens, User } from "@latchkey/core/protocol/browser";
import type { ClientInternals } from "../client.ts";
import { LatchkeyClientError } from "../errors.ts";
import { notSignedIn } from "./flow.ts";

export interface SignedInCall {
  /** Of the session that it is for; another user's, begun meanwhile, is left alone. */
  readonly epoch: number;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A call in the name of the user that changes what they are known by: the answer is the user, who is
 * then shown everywhere.
 */
export async function asSignedIn(
  { context }: ClientInternals,
  getAccessToken: () => Promise<string | null>,
  { epoch, path, body }: SignedInCall,
): Promise<{ readonly user: User; readonly tokens: OAuthTokens | null }> {
  await getAccessToken();
  const { session, ...record } = context.store.read();
  if (!session) throw notSignedIn();
  if (record.epoch !== epoch) {
    throw new LatchkeyClientError(
      "superseded",
      "Somebody else signed in meanwhile. Nothing was changed.",
    );
  }
  const request = { body, bearer: session.apiToken };
  const call = context.call<User & { oauth_tokens?: OAuthTokens }>(path, request);
  const { oauth_tokens: tokens = null, ...user } = (await context.wait(call)).body;
  context.store.update((current) =>
    current.epoch === epoch && current.session
      ? { ...current, session: { ...current.session, user } }
      : current,
  );
  return { user, tokens };
}
