import { withAuth } from "@workos-inc/authkit-nextjs";
import { AuthKitProvider, Impersonation } from "@workos-inc/authkit-nextjs/components";
import type { ReactNode } from "react";

export const metadata = { title: "Notes" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const { accessToken: _, ...initialAuth } = { accessToken: undefined, ...(await withAuth()) };
  return (
    <html lang="en">
      <body>
        <AuthKitProvider initialAuth={initialAuth}>
          {children}
          <Impersonation returnTo={process.env.AFTER_SIGN_OUT} />
        </AuthKitProvider>
      </body>
    </html>
  );
}
