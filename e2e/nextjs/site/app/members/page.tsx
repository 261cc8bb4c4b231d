import {
  checkRecentAuth,
  getTokenClaims,
  refreshSession,
  signOut,
  switchToOrganization,
  withAuth,
} from "@workos-inc/authkit-nextjs";
import Link from "next/link";
import { Facts } from "../facts";

/** The proxy lets nobody through to here who is not signed in. */
export default async function Members() {
  const { user, accessToken, ...rest } = await withAuth({ ensureSignedIn: true });
  const claims = await getTokenClaims(accessToken);
  const { isStale } = await checkRecentAuth({ maxAge: 3600 });
  return (
    <main>
      <h1>Members only: {user.email}</h1>
      <Facts
        id="member"
        of={{ ...rest, email: user.email, sub: claims.sub, jti: claims.jti, isStale }}
      />
      <Link href="/client">Client</Link>
      <form
        action={async () => {
          "use server";
          await signOut({ returnTo: process.env.AFTER_SIGN_OUT });
        }}
      >
        <button type="submit">Sign out</button>
      </form>
      <form
        action={async () => {
          "use server";
          await refreshSession({ ensureSignedIn: true });
        }}
      >
        <button type="submit">Refresh</button>
      </form>
      <form
        action={async (form: FormData) => {
          "use server";
          await switchToOrganization(String(form.get("organization")), { returnTo: "/members" });
        }}
      >
        <input name="organization" aria-label="Organization" />
        <button type="submit">Switch</button>
      </form>
    </main>
  );
}
