import { handleAuth } from "@workos-inc/authkit-nextjs";

// Behind a proxy the request's own URL is the inner one.
export const GET = handleAuth({ baseURL: process.env.SITE_URL });
