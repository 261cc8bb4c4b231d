/**
 * Which of several refresh-token cookies is ours. A sibling domain, another path or an earlier
 * setting may have left twins: they are told apart by the mac and by what the database says, and
 * none that is passed over counts as a reuse (session rule R4).
 */
import { classifyRefresh, type RefreshPolicy } from "@latchkey/core/sessions/rules";
import {
  hashTokenSecret,
  isAuthentic,
  type ParsedRefreshToken,
  parseRefreshToken,
} from "@latchkey/core/tokens/refresh-token";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { Store } from "../storage/store.ts";

/** More are nobody's honest browser; each costs a mac. */
const MOST = 10;

interface Authentic {
  readonly text: string;
  readonly token: ParsedRefreshToken;
}

export interface PresentedDeps {
  readonly store: Pick<Store, "sessions">;
  readonly tokenKeys: TokenKeyRing;
}

/** Those that this server made, of each session the newest generation. */
export async function authenticTokens(
  { tokenKeys }: PresentedDeps,
  values: readonly string[],
): Promise<string[]> {
  const found = await authentic(tokenKeys, values);
  return found.map(({ text }) => text);
}

/**
 * The one to refresh with: the only one as it is, of several the newest live session's. Null when
 * none is ours.
 */
export async function presentedToken(
  deps: PresentedDeps,
  values: readonly string[],
  { appId, refresh }: { readonly appId: string; readonly refresh: RefreshPolicy },
): Promise<string | null> {
  const [only, ...others] = values;
  if (only === undefined) return null;
  // Judged by the refresh itself.
  if (others.length === 0) return only;
  const candidates = await authentic(deps.tokenKeys, values);
  const [first, ...more] = candidates;
  if (!first || more.length === 0) return first?.text ?? null;
  const live: { text: string; createdAt: number }[] = [];
  for (const { text, token } of candidates) {
    const { session, now } = await deps.store.sessions.read(token.sid);
    if (session?.appId !== appId || session.tokenHash !== (await hashTokenSecret(token.r))) {
      continue;
    }
    const outcome = classifyRefresh(session, token.generation, now, refresh);
    if (outcome === "ended" || outcome === "expired" || outcome === "reuse") continue;
    live.push({ text, createdAt: session.createdAt });
  }
  const newest = live.sort((a, b) => b.createdAt - a.createdAt)[0];
  return newest?.text ?? latest(candidates).text;
}

async function authentic(tokenKeys: TokenKeyRing, values: readonly string[]): Promise<Authentic[]> {
  const bySession = new Map<string, Authentic>();
  let failure: unknown;
  for (const text of values.slice(0, MOST)) {
    const token = parseRefreshToken(text);
    if (!token) continue;
    try {
      const { key } = await tokenKeys.find(token.kid);
      if (!(await isAuthentic(token, key))) continue;
    } catch (error) {
      // A twin may name any key; ours must still be found.
      failure = error;
      continue;
    }
    const known = bySession.get(token.sid);
    if (!known || known.token.generation < token.generation) {
      bySession.set(token.sid, { text, token });
    }
  }
  if (bySession.size === 0 && failure !== undefined) throw failure;
  return [...bySession.values()];
}

function latest(candidates: readonly Authentic[]): Authentic {
  return candidates.reduce((a, b) => (b.token.absoluteExpiry > a.token.absoluteExpiry ? b : a));
}
