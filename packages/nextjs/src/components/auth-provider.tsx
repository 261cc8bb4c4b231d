"use client";

import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  getAuthAction,
  refreshAuthAction,
  signOutAction,
  switchToOrganizationAction,
} from "../actions.ts";
import type { AuthAnswer, ClientUserInfo } from "../client-answers.ts";
import type { NoUserInfo, UserInfo } from "../interfaces.ts";
import { redirectTarget } from "../next-control-flow.ts";
import { AuthContext, type AuthContextType } from "./auth-context.ts";
import { isRefusedByProxy } from "./refused-by-proxy.ts";
import { onWake } from "./wake.ts";

const RETRY_MS = 5_000;

export interface AuthKitProviderProps {
  children: ReactNode;
  /**
   * The session is over, found out when the reader comes back to the page. Default: the page is
   * loaded anew. `false`: nothing is looked after.
   */
  onSessionExpired?: false | (() => void) | undefined;
  /** What `withAuth()` answered, without its `accessToken`: spares the page a call. */
  initialAuth?: Omit<UserInfo | NoUserInfo, "accessToken"> | undefined;
}

type Auth = ClientUserInfo | null;

/** Gives the session to the hooks below it, and looks after it. */
export function AuthKitProvider({ children, onSessionExpired, initialAuth }: AuthKitProviderProps) {
  // What is not known on the server is asked for here.
  const isKnown =
    initialAuth !== undefined && !("unavailable" in initialAuth && initialAuth.unavailable);
  const [auth, setAuth] = useState<Auth>(
    initialAuth?.user ? (initialAuth as ClientUserInfo) : null,
  );
  // Rendered anew by the server, after an action for example: what it says then is newer.
  const [given, setGiven] = useState(initialAuth);
  if (isKnown && JSON.stringify(given) !== JSON.stringify(initialAuth)) {
    setGiven(initialAuth);
    setAuth(initialAuth.user ? (initialAuth as ClientUserInfo) : null);
  }
  const [loading, setLoading] = useState(!isKnown);
  const isLeaving = useRef(false);
  const retry = useRef<ReturnType<typeof setTimeout>>(undefined);
  const known = useRef(auth);
  known.current = auth;

  const leave = useCallback((url: string) => {
    isLeaving.current = true;
    window.location.assign(url);
  }, []);

  /** Whether the answer says something. What says nothing changes nothing (session rule R5). */
  const take = useCallback(
    (answer: AuthAnswer): boolean => {
      if (answer.status === "unavailable") return false;
      if (answer.status === "signed_out" && answer.signInUrl) leave(answer.signInUrl);
      else setAuth(answer.status === "signed_in" ? answer.auth : null);
      return true;
    },
    [leave],
  );

  const getAuth = useCallback(
    async ({ ensureSignedIn = false }: { ensureSignedIn?: boolean } = {}): Promise<void> => {
      if (isLeaving.current) return;
      clearTimeout(retry.current);
      setLoading(true);
      const answer = await getAuthAction({ ensureSignedIn, returnTo: here() }).catch(() => null);
      const isAnswered = answer !== null && take(answer);
      // Whoever is known stays; where nobody is, "loading" is the truth until there is an answer.
      if (isAnswered || known.current) setLoading(isLeaving.current);
      else retry.current = setTimeout(() => void getAuth({ ensureSignedIn }), RETRY_MS);
    },
    [take],
  );

  const refreshAuth = useCallback<AuthContextType["refreshAuth"]>(
    async (options = {}) => {
      if (isLeaving.current) return undefined;
      setLoading(true);
      try {
        const answer = await refreshAuthAction({ ...options, returnTo: here() });
        take(answer);
        return answer.status === "unavailable" ? { error: answer.error } : undefined;
      } catch (error) {
        return { error: wordsOf(error) };
      } finally {
        setLoading(isLeaving.current);
      }
    },
    [take],
  );

  const switchToOrganization = useCallback<AuthContextType["switchToOrganization"]>(
    async (organizationId, options = {}) => {
      const asked = { revalidationStrategy: "none", ...options } as const;
      const result = await switchToOrganizationAction(organizationId, asked);
      if (result && !("error" in result)) setAuth(result);
      return result;
    },
    [],
  );

  const signOut = useCallback(async ({ returnTo }: { returnTo?: string } = {}) => {
    isLeaving.current = true;
    try {
      await signOutAction({ ...(returnTo !== undefined && { returnTo }) });
    } catch (error) {
      // Next has begun to leave, and tells so by an error: the page for good, where it is another site.
      const target = redirectTarget(error);
      isLeaving.current = target !== null && !target.startsWith("/");
      if (target === null) throw error;
      if (!isLeaving.current) setAuth(null);
    }
  }, []);

  useEffect(() => {
    if (!isKnown) void getAuth();
    return () => clearTimeout(retry.current);
  }, [isKnown, getAuth]);

  const expired = useRef(onSessionExpired);
  expired.current = onSessionExpired;
  const isWatched = onSessionExpired !== false;
  useEffect(() => {
    if (!isWatched) return;
    let isAsking = false;
    return onWake(async () => {
      if (isAsking || isLeaving.current || !known.current) return;
      isAsking = true;
      try {
        const answer = await getAuthAction();
        if (answer.status === "signed_out") over(expired.current);
        else take(answer);
      } catch (error) {
        if (isRefusedByProxy(error)) over(expired.current);
      } finally {
        isAsking = false;
      }
    });
  }, [isWatched, take]);

  const value = useMemo<AuthContextType>(
    () => ({
      user: auth?.user ?? null,
      sessionId: auth?.sessionId,
      organizationId: auth?.organizationId,
      role: auth?.role,
      roles: auth?.roles,
      permissions: auth?.permissions,
      entitlements: auth?.entitlements,
      featureFlags: auth?.featureFlags,
      impersonator: auth?.impersonator,
      loading,
      getAuth,
      refreshAuth,
      signOut,
      switchToOrganization,
    }),
    [auth, loading, getAuth, refreshAuth, signOut, switchToOrganization],
  );
  return <AuthContext.Provider value={value}>{children}</AuthContext.Provider>;
}

function over(onSessionExpired: false | (() => void) | undefined): void {
  if (onSessionExpired) onSessionExpired();
  else window.location.reload();
}

const here = () => window.location.pathname + window.location.search;

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
