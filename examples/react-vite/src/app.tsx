import { SignIn, useLatchkey } from "@latchkey/react";
import { Notes } from "./notes.tsx";

export function App() {
  const { status, user, signOut } = useLatchkey();
  if (status !== "signed_in") return <SignIn />;

  const email = user?.linked_accounts.find((account) => account.type === "email");
  return (
    <main>
      <p>
        Signed in as <strong>{email ? email.address : user?.id}</strong>.{" "}
        <button type="button" onClick={() => signOut()}>
          Sign out
        </button>
      </p>
      <Notes />
    </main>
  );
}
