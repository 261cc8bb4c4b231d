import { getSignInUrl } from "@workos-inc/authkit-nextjs";
import { redirect } from "next/navigation";

export async function GET(request: Request) {
  const { searchParams } = new URL(request.url);
  redirect(
    await getSignInUrl({
      returnTo: searchParams.get("to") ?? "/members",
      state: "from the sign-in link",
    }),
  );
}
