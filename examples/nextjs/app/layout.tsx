import { withAuth } from "@latchkey/nextjs";
import { AuthKitProvider, Impersonation } from "@latchkey/nextjs/components";
import type { ReactNode } from "react";

export const metadata = { title: "Latchkey with Next.js" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // The access token stays on the server; scripts ask for it with useAccessToken().
  const { accessToken: _, ...initialAuth } = await withAuth();
  return (
    <html lang="en">
      <body
        style={{
          font: "16px/1.5 system-ui",
          maxWidth: "40rem",
          margin: "2rem auto",
          padding: "0 1rem",
        }}
      >
        <AuthKitProvider initialAuth={initialAuth}>
          {children}
          <Impersonation returnTo="/" />
        </AuthKitProvider>
      </body>
    </html>
  );
}
