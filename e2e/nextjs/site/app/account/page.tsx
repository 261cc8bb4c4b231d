import { withAuth } from "@workos-inc/authkit-nextjs";

/** The proxy lets everybody through to here; the page asks by itself. */
export default async function Account() {
  const { user } = await withAuth({ ensureSignedIn: true });
  return <h1>Account of {user.email}</h1>;
}
