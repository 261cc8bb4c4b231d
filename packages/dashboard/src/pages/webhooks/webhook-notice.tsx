import type { AdminWebhook } from "@latchkey/core/protocol/admin";
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";
import { When } from "../../parts/when.tsx";

const WHY = {
  gone: "It answered 410 Gone, which asks for no more.",
  failing: "It accepted nothing for five days.",
  admin: "Somebody turned it off.",
} as const;

/** What is wrong with an endpoint, and the way on. */
export function WebhookNotice({ webhook, appId }: { webhook: AdminWebhook; appId: string }) {
  const change = useChange("PATCH /apps/{appId}/webhooks/{webhookId}");
  const params = { appId, webhookId: webhook.id };
  const { version } = webhook;
  if (!webhook.enabled) {
    return (
      <Alert
        color={webhook.disabledReason === "admin" ? "gray" : "red"}
        title="This endpoint is turned off"
      >
        <Stack gap="xs">
          <Text size="sm">
            {WHY[webhook.disabledReason ?? "admin"]}{" "}
            {webhook.disabledAt !== null && (
              <>
                That was <When at={webhook.disabledAt} />.{" "}
              </>
            )}
            What waited for it was given up, and nothing is kept for it until it is on again. Then,
            resend what failed.
          </Text>
          {change.error && <Failure error={change.error} />}
          <Group>
            <Takes call="PATCH /apps/{appId}/webhooks/{webhookId}">
              <Button
                size="xs"
                loading={change.isPending}
                onClick={() => change.mutate({ params, body: { version, enabled: true } })}
              >
                Turn on
              </Button>
            </Takes>
          </Group>
        </Stack>
      </Alert>
    );
  }
  if (webhook.failingAt === null) return null;
  return (
    <Alert color="yellow" title="It accepts nothing">
      <Text size="sm">
        The first attempt that failed was <When at={webhook.failingAt} />. What waits is tried again
        for a day each; after five days without an answer of 2xx the endpoint is turned off.
      </Text>
    </Alert>
  );
}
