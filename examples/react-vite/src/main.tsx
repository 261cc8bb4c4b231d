import { LatchkeyProvider } from "@latchkey/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <LatchkeyProvider
      appId={import.meta.env.VITE_LATCHKEY_APP_ID}
      serverUrl={import.meta.env.VITE_LATCHKEY_URL}
    >
      <App />
    </LatchkeyProvider>
  </StrictMode>,
);
