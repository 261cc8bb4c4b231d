import { SignIn, useLatchkey } from "@latchkey/react";
import { Inbox } from "./inbox.tsx";
import keyUrl from "./key.svg";
import { SessionCard } from "./session-card.tsx";
import { ThingsToTry } from "./things-to-try.tsx";

const STATUS = {
  loading: "Looking…",
  signed_in: "Signed in",
  signed_out: "Signed out",
  error: "No answer",
};

export function Page() {
  const { status, signedIn, error, endReason } = useLatchkey();
  return (
    <>
      <header>
        <a className="brand" href="./">
          <img src={keyUrl} alt="" width="32" height="32" />
          Latchkey demo
        </a>
        <span className="pill" data-status={status} data-testid="status" role="status">
          {STATUS[status]}
        </span>
      </header>
      <main>
        {error && status !== "error" && (
          <p className="banner" data-testid="error">
            <strong>{error.code}</strong> {error.message}{" "}
            {signedIn && "You stay signed in; the page tries again by itself."}
          </p>
        )}
        {signedIn ? (
          <SessionCard />
        ) : (
          <div className="columns">
            <div>
              {status === "signed_out" && endReason && (
                <p className="banner" data-testid="end-reason">
                  {endReason === "logout" ? (
                    "You signed out."
                  ) : (
                    <>
                      The server ended the session: <strong>{endReason}</strong>
                    </>
                  )}
                </p>
              )}
              <SignIn guest />
            </div>
            <Inbox />
          </div>
        )}
        <ThingsToTry signedIn={signedIn} />
      </main>
    </>
  );
}
