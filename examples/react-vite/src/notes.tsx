import { LatchkeyClientError, useLatchkey } from "@latchkey/react";
import { useState } from "react";

/** How to call your own server: ask for the access token each time, it is renewed when needed. */
export function Notes() {
  const { getAccessToken } = useLatchkey();
  const [said, setSaid] = useState("");

  async function load() {
    try {
      const token = await getAccessToken();
      // Null means signed out. Show the sign-in form, which <App> does by itself.
      if (token === null) return;
      const answer = await fetch("/api/notes", { headers: { authorization: `Bearer ${token}` } });
      setSaid(`Your server answered ${answer.status}.`);
    } catch (error) {
      // No answer from the session server, or none from yours: nobody is signed out by that.
      const code = error instanceof LatchkeyClientError ? error.code : "network";
      setSaid(`No answer (${code}). Try again in a moment.`);
    }
  }

  return (
    <section>
      <button type="button" onClick={load}>
        Load my notes
      </button>
      <p role="status">{said}</p>
    </section>
  );
}
