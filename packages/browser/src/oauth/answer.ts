/** What a provider's answer says, and what comes of it. */
import type { OAuthTokens, User } from "@latchkey/core/protocol/browser";
import type { ClientInternals } from "../client.ts";
import { LatchkeyClientError } from "../errors.ts";
import { providerFailure } from "./failure.ts";
import type { OAuthFlow } from "./flow.ts";
import { asSignedIn } from "./signed-in.ts";

/** The protocol's return parameters; the last is Latchkey's own, for failures that are no denial. */
const STATE = "privy_oauth_state";
const PROVIDER = "privy_oauth_provider";
const CODE = "privy_oauth_code";
const ERROR = "privy_oauth_error";
const NAMES = [STATE, PROVIDER, CODE, ERROR];

export interface ProviderAnswer {
  readonly state: string;
  readonly provider: string;
  /** The word "undefined" where there is none. */
  readonly code: string;
  readonly error: string | null;
}

/** Null unless the address has all that a provider's answer has. */
export function readAnswer(address: string): ProviderAnswer | null {
  const query = new URL(address).searchParams;
  const state = query.get(STATE);
  const provider = query.get(PROVIDER);
  const code = query.get(CODE);
  if (state === null || provider === null || code === null) return null;
  return { state, provider, code, error: query.get(ERROR) };
}

/** The address without the answer; everything else in it stays as it is, byte for byte. */
export function withoutAnswer(address: string): string {
  const [, page = "", query = "", hash = ""] = /^([^?#]*)\??([^#]*)(.*)$/s.exec(address) ?? [];
  const isOurs = (pair: string) => NAMES.some((name) => pair.startsWith(`${name}=`));
  const kept = query.split("&").filter((pair) => !isOurs(pair));
  return `${page}${kept.join("&") && `?${kept.join("&")}`}${hash}`;
}

export interface OAuthReturn {
  /** As it was begun: `google`, `custom:<name>`. */
  readonly provider: string;
  readonly intent: OAuthFlow["intent"];
  readonly user: User;
  /** Whether the sign-in made the user. */
  readonly isNewUser: boolean;
  /** For the provider's own API, where the app's settings ask for them. Not kept anywhere. */
  readonly tokens: OAuthTokens | null;
}

/** Gives the answer to the server. Throws in words what went wrong. */
export async function useAnswer(
  internals: ClientInternals,
  getAccessToken: () => Promise<string | null>,
  flow: OAuthFlow | null,
  answer: ProviderAnswer,
): Promise<OAuthReturn> {
  // Sign-in forgery: somebody else's return, brought here by a link (RFC 9700 section 4.7).
  if (flow === null || flow.stateCode !== answer.state || flow.provider !== answer.provider) {
    throw new LatchkeyClientError(
      "oauth_state_mismatch",
      "This sign-in was not begun in this tab, or not just now. Begin it again here.",
    );
  }
  if (answer.code === "undefined") throw failure(answer.error);
  const { provider, intent, mode } = flow;
  const body = {
    authorization_code: answer.code,
    state_code: flow.stateCode,
    code_verifier: flow.verifier,
  };
  if (intent === "sign_in") {
    const signedIn = await internals.authenticate("/oauth/authenticate", {
      ...body,
      ...(mode && { mode }),
    });
    const { user, isNewUser, oauthTokens: tokens = null } = signedIn;
    return { provider, intent, user, isNewUser, tokens };
  }
  const call = { epoch: flow.epoch, path: "/oauth/link", body };
  const { user, tokens } = await asSignedIn(internals, getAccessToken, call);
  return { provider, intent, user, isNewUser: false, tokens };
}

function failure(error: string | null): LatchkeyClientError {
  if (error !== null) return providerFailure(error);
  return new LatchkeyClientError("oauth_user_denied", "The sign-in was cancelled at the provider.");
}
