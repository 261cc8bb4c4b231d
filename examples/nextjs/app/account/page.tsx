import { withAuth } from "@latchkey/nextjs";
import Link from "next/link";
import { AccessToken } from "./access-token";
import { signOutAction, switchAction } from "./actions";

/** For who is signed in. The proxy sees to that; this page would do so without one, too. */
export default async function Account() {
  const { user, organizationId, role, permissions } = await withAuth({ ensureSignedIn: true });
  return (
    <main>
      <h1>Account of {user.email}</h1>
      <dl>
        <dt>Organization</dt>
        <dd id="organization">{organizationId ?? "none"}</dd>
        <dt>Role</dt>
        <dd id="role">{role ?? "none"}</dd>
        <dt>Permissions</dt>
        <dd>{permissions?.join(", ") || "none"}</dd>
      </dl>
      <form action={switchAction}>
        <label>
          Organization <input name="organization" placeholder="org_…" required />
        </label>{" "}
        <button type="submit">Switch</button>
      </form>
      <AccessToken />
      <form action={signOutAction}>
        <button type="submit">Sign out</button>
      </form>
      <Link href="/">Home</Link>
    </main>
  );
}
