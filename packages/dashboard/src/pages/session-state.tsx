import type { AdminSession } from "@latchkey/core/protocol/admin";
import { Badge } from "@mantine/core";

const REASONS: Readonly<Record<string, string>> = {
  logout: "signed out",
  revoked: "revoked",
  reuse: "token used twice",
  user_disabled: "user disabled",
  user_deleted: "user deleted",
  replaced: "replaced",
};

export function SessionState({ session }: { session: AdminSession }) {
  const { state, endReason } = session;
  if (state === "active") {
    return (
      <Badge color="teal" variant="light" miw="max-content">
        active
      </Badge>
    );
  }
  return (
    <Badge color={endReason === "reuse" ? "red" : "gray"} variant="light" miw="max-content">
      {state === "expired" ? "expired" : (REASONS[endReason ?? ""] ?? "ended")}
    </Badge>
  );
}
