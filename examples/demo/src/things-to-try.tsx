/** What this page is for: each of these signs people out elsewhere. */
const BEFORE = [
  ["Sign in", "Ask for a code, read it in the inbox, type it in. Or go in as a guest."],
  ["Type a wrong code", "The form says what is wrong. A code takes five tries, then it is spent."],
];

const AFTER = [
  ["Reload the page", "You are signed in at once, without waiting for the network."],
  [
    "Open a second tab",
    "Both show the same session. Refresh in both at the same moment: neither falls out. Sign out in one: the other follows.",
  ],
  [
    "Refresh a few times",
    "The generation moves at most once per window of two minutes. Whatever is asked again inside it gets the same refresh token, so lost answers and retries are harmless.",
  ],
  [
    "Stop the server, refresh, start it again",
    "The page says that it has no answer. It does not sign you out, and goes on by itself.",
  ],
  [
    "Set your clock wrong",
    "Expiry is judged by the server’s clock: a laptop two days off works as well.",
  ],
];

export function ThingsToTry({ signedIn }: { signedIn: boolean }) {
  return (
    <section aria-labelledby="try" className="try">
      <h2 id="try">What to try</h2>
      <ol>
        {(signedIn ? AFTER : BEFORE).map(([title, text]) => (
          <li key={title}>
            <strong>{title}.</strong> {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
