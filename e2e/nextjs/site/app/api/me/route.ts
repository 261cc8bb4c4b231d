import { withAuth } from "@workos-inc/authkit-nextjs";

export async function GET() {
  const { user, sessionId, accessToken } = {
    sessionId: null,
    accessToken: null,
    ...(await withAuth()),
  };
  return Response.json({ email: user?.email ?? null, sessionId, accessToken });
}
