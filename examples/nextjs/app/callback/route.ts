import { handleAuth } from "@latchkey/nextjs";

// The redirect URI: sign-ins end here, and also begin here.
export const GET = handleAuth({ returnPathname: "/account" });
