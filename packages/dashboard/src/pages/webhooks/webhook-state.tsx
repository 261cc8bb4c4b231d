import type { AdminWebhook } from "@latchkey/core/protocol/admin";
import { Badge } from "@mantine/core";

export function WebhookState({ webhook }: { webhook: AdminWebhook }) {
  if (!webhook.enabled) {
    return (
      <Badge color={webhook.disabledReason === "admin" ? "gray" : "red"} variant="light">
        off
      </Badge>
    );
  }
  const isFailing = webhook.failingAt !== null;
  return (
    <Badge color={isFailing ? "yellow" : "teal"} variant="light">
      {isFailing ? "failing" : "on"}
    </Badge>
  );
}
