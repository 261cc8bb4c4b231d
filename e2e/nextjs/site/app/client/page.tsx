"use client";

import { useAccessToken, useAuth, useTokenClaims } from "@workos-inc/authkit-nextjs/components";
import { useState } from "react";
import { Facts } from "../facts";

export default function Client() {
  const auth = useAuth();
  const { accessToken, loading, error, getAccessToken, refresh } = useAccessToken();
  const claims = useTokenClaims();
  const [answer, setAnswer] = useState("");
  const [organization, setOrganization] = useState("");
  return (
    <main>
      <h1>{auth.user ? `Hello ${auth.user.email}` : "Nobody is signed in"}</h1>
      <Facts
        id="client"
        of={{
          email: auth.user?.email ?? null,
          sessionId: auth.sessionId,
          organizationId: auth.organizationId,
          role: auth.role,
          loading: auth.loading || loading,
          accessToken,
          sub: claims.sub,
          error: error?.message,
          answer,
        }}
      />
      <button type="button" onClick={async () => setAnswer((await getAccessToken()) ?? "none")}>
        Get token
      </button>
      <button type="button" onClick={async () => setAnswer((await refresh()) ?? "none")}>
        New token
      </button>
      <button type="button" onClick={() => auth.refreshAuth()}>
        Refresh auth
      </button>
      <input
        aria-label="Organization"
        value={organization}
        onChange={(event) => setOrganization(event.target.value)}
      />
      <button type="button" onClick={() => auth.switchToOrganization(organization)}>
        Switch
      </button>
      <button type="button" onClick={() => auth.signOut({ returnTo: `${location.origin}/bye` })}>
        Sign out
      </button>
      <button type="button" onClick={() => auth.getAuth({ ensureSignedIn: true })}>
        Ensure signed in
      </button>
    </main>
  );
}
