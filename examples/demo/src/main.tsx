import { LatchkeyProvider } from "@latchkey/react";
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Page } from "./page.tsx";

/** The page is served by the session server itself, whose seeded app it signs in to. */
function Demo() {
  const [appId, setAppId] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const gone = new AbortController();
    async function load() {
      try {
        const answer = await fetch("/dev/credentials", { signal: gone.signal });
        setAppId((await answer.json()).app_id);
      } catch {
        if (gone.signal.aborted) return;
        setFailed(true);
        timer = setTimeout(load, 2000);
      }
    }
    void load();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, []);

  if (!appId) {
    return <p className="waiting">{failed ? "The server does not answer. Trying again…" : ""}</p>;
  }
  return (
    <LatchkeyProvider appId={appId} serverUrl={location.origin}>
      <Page />
    </LatchkeyProvider>
  );
}

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <Demo />
  </StrictMode>,
);
