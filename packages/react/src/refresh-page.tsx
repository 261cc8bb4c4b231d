"use client";
import { type UseRefreshPageOptions, useRefreshPage } from "./use-refresh-page.ts";

export type RefreshPageProps = UseRefreshPageOptions;

/** The whole of a page such as `/refresh`, inside of your layout. */
export function RefreshPage(props: RefreshPageProps) {
  const { status, message, retry } = useRefreshPage(props);
  if (status !== "unavailable") {
    return (
      <p aria-busy="true" role="status">
        One moment…
      </p>
    );
  }
  return (
    <div role="alert">
      <p>We cannot look up your session right now. You are not signed out.</p>
      <p>{message}</p>
      <button type="button" onClick={() => void retry()}>
        Try again
      </button>
    </div>
  );
}
