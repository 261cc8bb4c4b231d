import { NavLink } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

/** The development server listens on this machine alone, and has an inbox instead of mail. */
const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname);

export function useHasInbox(): boolean {
  const inbox = useQuery({
    queryKey: ["/dev/mail"],
    enabled: isLocal,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await fetch("/dev/mail", { method: "HEAD" })).ok,
  });
  return inbox.data === true;
}

export function InboxLink() {
  if (!useHasInbox()) return null;
  return (
    <NavLink
      href="/dev/mail"
      target="_blank"
      label="Inbox (development)"
      styles={{ root: { borderRadius: "var(--mantine-radius-md)" } }}
    />
  );
}
