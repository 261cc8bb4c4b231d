import { getSignInUrl, getSignUpUrl, withAuth } from "@latchkey/nextjs";
import Link from "next/link";

/** For everybody. */
export default async function Home() {
  const { user } = await withAuth();
  if (user) {
    return (
      <main>
        <h1>Hello {user.email}</h1>
        <Link href="/account">Your account</Link>
      </main>
    );
  }
  // Plain links: a <Link> would fetch them in advance.
  return (
    <main>
      <h1>Nobody is signed in</h1>
      <p>
        <a href={await getSignInUrl({ returnTo: "/account" })}>Sign in</a> or{" "}
        <a href={await getSignUpUrl({ returnTo: "/account" })}>sign up</a>
      </p>
    </main>
  );
}
