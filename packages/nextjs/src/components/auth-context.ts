"use client";

import { createContext, useContext, useEffect } from "react";
import type { ClientUserInfo } from "../client-answers.ts";
import type { Impersonator, SwitchToOrganizationOptions, User } from "../interfaces.ts";

export interface AuthContextType {
  user: User | null;
  sessionId: string | undefined;
  organizationId: string | undefined;
  role: string | undefined;
  roles: string[] | undefined;
  permissions: string[] | undefined;
  entitlements: string[] | undefined;
  featureFlags: string[] | undefined;
  impersonator: Impersonator | undefined;
  loading: boolean;
  /** Asks the server anew. With `ensureSignedIn` the page goes to the sign-in, and comes back. */
  getAuth: (options?: { ensureSignedIn?: boolean }) => Promise<void>;
  refreshAuth: (options?: {
    ensureSignedIn?: boolean;
    organizationId?: string;
  }) => Promise<undefined | { error: string }>;
  signOut: (options?: { returnTo?: string }) => Promise<void>;
  /** Default `revalidationStrategy` here: `none`. */
  switchToOrganization: (
    organizationId: string,
    options?: SwitchToOrganizationOptions,
  ) => Promise<ClientUserInfo | { error: string }>;
}

export const AuthContext = createContext<AuthContextType | undefined>(undefined);

/** The session of the page. With `ensureSignedIn` who has none is sent to the sign-in. */
export function useAuth(options: {
  ensureSignedIn: true;
}): AuthContextType & ({ loading: true; user: User | null } | { loading: false; user: User });
export function useAuth(options?: { ensureSignedIn?: boolean }): AuthContextType;
export function useAuth({ ensureSignedIn = false }: { ensureSignedIn?: boolean } = {}) {
  const context = useContext(AuthContext);
  const mustAsk = ensureSignedIn && context !== undefined && !context.user && !context.loading;
  const getAuth = context?.getAuth;
  useEffect(() => {
    if (mustAsk) void getAuth?.({ ensureSignedIn: true });
  }, [mustAsk, getAuth]);
  if (!context) {
    throw new TypeError(
      "useAuth() works below an <AuthKitProvider> only: put one into the layout.",
    );
  }
  return context;
}
