"use server";

import { signOut, switchToOrganization, TokenRefreshError } from "@latchkey/nextjs";
import { redirect } from "next/navigation";

// Signing out changes something, so it is a form with POST: a link could be fetched in advance.
export async function signOutAction() {
  await signOut({ returnTo: "/" });
}

export async function switchAction(form: FormData) {
  try {
    await switchToOrganization(String(form.get("organization")), { returnTo: "/account" });
  } catch (error) {
    // Of no organization of theirs: the session goes on as it was.
    if (error instanceof TokenRefreshError) redirect("/account?declined");
    throw error;
  }
}
