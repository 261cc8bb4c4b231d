import { Button, Group, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { read, useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { Deliveries } from "./deliveries.tsx";
import { EditWebhook } from "./edit-webhook.tsx";
import { RotateWebhookSecret } from "./rotate-webhook-secret.tsx";
import { WebhookNotice } from "./webhook-notice.tsx";
import { WebhookState } from "./webhook-state.tsx";

/** One endpoint: its settings, and what was sent to it. */
export function Webhook() {
  const params = useParams({ from: "/signed-in/apps/$appId/webhooks/$webhookId" });
  const navigate = useNavigate();
  const webhook = useQuery(read("GET /apps/{appId}/webhooks/{webhookId}", { params }));
  const test = useChange("POST /apps/{appId}/webhooks/{webhookId}/test");
  const remove = useChange("DELETE /apps/{appId}/webhooks/{webhookId}");
  return (
    <Shown query={webhook} what="the webhook">
      {(found) => (
        <Page
          title="Webhook endpoint"
          lead={<span style={{ overflowWrap: "anywhere" }}>{found.url}</span>}
          actions={<WebhookState webhook={found} />}
        >
          <WebhookNotice webhook={found} appId={params.appId} />
          <Group>
            <Takes call="POST /apps/{appId}/webhooks/{webhookId}/test">
              <Button
                size="xs"
                disabled={!found.enabled}
                loading={test.isPending}
                onClick={() => test.mutate({ params })}
              >
                Send a test event
              </Button>
            </Takes>
            <EditWebhook key={found.version} webhook={found} appId={params.appId} />
            <RotateWebhookSecret {...params} />
            <Confirm
              label="Delete"
              title="Delete this endpoint?"
              action="Delete"
              work={remove}
              run={() =>
                remove.mutate(
                  { params },
                  {
                    onSuccess: () =>
                      navigate({ to: "/apps/$appId/webhooks", params: { appId: params.appId } }),
                  },
                )
              }
            >
              Its log goes with it, and what waits to be sent to it.
            </Confirm>
          </Group>
          {test.error && <Failure error={test.error} />}
          <Stack gap="sm">
            <Title order={2} size="h4">
              Deliveries
            </Title>
            <Deliveries webhook={found} appId={params.appId} />
          </Stack>
        </Page>
      )}
    </Shown>
  );
}
