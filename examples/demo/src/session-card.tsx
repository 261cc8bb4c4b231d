import { LatchkeyClientError, type User, useLatchkey } from "@latchkey/react";
import { useEffect, useState } from "react";

export function SessionCard() {
  const { user, session, refresh, reloadUser, signOut } = useLatchkey();
  const [said, setSaid] = useState<string | null>(null);
  const left = useSecondsLeft(session?.expiresAt ?? 0);
  const name = nameOf(user);

  async function run(what: string, act: () => Promise<string>): Promise<void> {
    setSaid(`${what}…`);
    try {
      setSaid(await act());
    } catch (error) {
      if (!(error instanceof LatchkeyClientError)) throw error;
      setSaid(`${what}: ${error.code}. ${error.message}`);
    }
  }

  return (
    <section className="card" aria-labelledby="session">
      <h1 id="session" data-testid="user-email">
        {name}
      </h1>
      <dl>
        <Fact name="User">
          <code>{user?.id}</code>
        </Fact>
        <Fact name="Session">
          <code>{session?.id ?? "held by a cookie"}</code>
        </Fact>
        <Fact name="Access token">
          <span data-testid="expires-in">
            {left > 0 ? `expires in ${clockTime(left)}` : "expired: renewed at its next use"}
          </span>
        </Fact>
        <Fact name="Refresh token">
          generation <strong data-testid="generation">{session?.generation ?? "–"}</strong>
        </Fact>
      </dl>
      <div className="actions">
        <button
          type="button"
          data-testid="refresh-now"
          onClick={() =>
            run("Refreshing", async () => {
              await refresh();
              return "Refreshed: a new access token is here.";
            })
          }
        >
          Refresh now
        </button>
        <button
          type="button"
          data-testid="call-users-me"
          onClick={() =>
            run("Calling /users/me", async () => JSON.stringify(await reloadUser(), null, 2))
          }
        >
          Call /users/me
        </button>
        <button type="button" className="quiet" data-testid="sign-out" onClick={() => signOut()}>
          Sign out
        </button>
      </div>
      {said && (
        <pre className="said" data-testid="answer" role="status">
          {said}
        </pre>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function useSecondsLeft(expiresAt: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((expiresAt - now) / 1000));
}

function clockTime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${String(seconds % 60).padStart(2, "0")} s` : `${seconds} s`;
}

/** The address that was proven by a code, else what a provider says. */
function nameOf(user: User | null): string {
  if (!user || user.is_guest) return "A guest";
  const accounts = user.linked_accounts;
  const own = accounts.find((account) => account.type === "email");
  const told = accounts.flatMap((account) => ("email" in account && account.email) || []);
  return own?.address ?? told[0] ?? "A user without an address";
}
