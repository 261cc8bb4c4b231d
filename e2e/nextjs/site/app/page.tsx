import { withAuth } from "@workos-inc/authkit-nextjs";
import Link from "next/link";
import { Facts } from "./facts";

export default async function Home() {
  const { user } = await withAuth();
  return (
    <main>
      <h1>{user ? `Hello ${user.email}` : "Nobody is signed in"}</h1>
      <a href="/sign-in">Sign in</a>
      <Link href="/members">Members</Link>
      <Facts id="home" of={{ email: user?.email ?? null }} />
    </main>
  );
}
