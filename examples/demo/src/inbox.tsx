import { useEffect, useState } from "react";

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly code: string | null;
  readonly sent_at: string;
}

/** The newest mails of the development inbox: nothing leaves this machine. */
export function Inbox() {
  const mails = useMails();
  return (
    <section className="card inbox" aria-labelledby="inbox">
      <h2 id="inbox">Your mail</h2>
      <p>
        Any address will do. Mail goes to the <a href="/dev/mail">development inbox</a>, not out
        into the world.
      </p>
      {mails.length === 0 ? (
        <p className="empty">Nothing yet. Ask for a code.</p>
      ) : (
        <ul>
          {mails.map((mail) => (
            <li key={`${mail.to} ${mail.sent_at} ${mail.code}`}>
              <a href={`/dev/mail?to=${encodeURIComponent(mail.to)}`} data-testid="mail-link">
                {mail.to}
              </a>
              <span>{mail.subject}</span>
              {mail.code && <code data-testid="mail-code">{mail.code}</code>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function useMails(): readonly Mail[] {
  const [mails, setMails] = useState<readonly Mail[]>([]);
  useEffect(() => {
    async function load() {
      if (document.hidden) return;
      try {
        const answer = await fetch("/dev/mail", { headers: { accept: "application/json" } });
        if (answer.ok) setMails(((await answer.json()) as Mail[]).slice(0, 3));
      } catch {
        // The server restarts: the mails on the page stay as they are.
      }
    }
    void load();
    const timer = setInterval(load, 1500);
    return () => clearInterval(timer);
  }, []);
  return mails;
}
