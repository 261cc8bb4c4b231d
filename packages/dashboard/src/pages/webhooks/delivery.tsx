import { Button, Code, Group, Stack, Text, Timeline, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { read, useChange } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { When } from "../../parts/when.tsx";
import { DeliveryState } from "./deliveries.tsx";

const AGAIN_MS = 2000;

/** One event on its way to one endpoint: every attempt, and what is sent. */
export function Delivery() {
  const params = useParams({ from: "/signed-in/apps/$appId/webhooks/$webhookId/$deliveryId" });
  const resend = useChange(
    "POST /apps/{appId}/webhooks/{webhookId}/deliveries/{deliveryId}/resend",
  );
  const delivery = useQuery({
    ...read("GET /apps/{appId}/webhooks/{webhookId}/deliveries/{deliveryId}", { params }),
    refetchInterval: ({ state }) => (state.data?.state === "pending" ? AGAIN_MS : false),
  });
  return (
    <Shown query={delivery} what="the delivery">
      {(found) => (
        <Page
          title={found.type}
          lead={
            <TextLink to="/apps/$appId/webhooks/$webhookId" params={params} size="sm">
              Back to the endpoint
            </TextLink>
          }
          actions={
            <Takes call="POST /apps/{appId}/webhooks/{webhookId}/deliveries/{deliveryId}/resend">
              <Button
                variant="default"
                size="xs"
                loading={resend.isPending}
                onClick={() => resend.mutate({ params })}
              >
                Send again
              </Button>
            </Takes>
          }
        >
          {resend.error && <Failure error={resend.error} />}
          <Group>
            <DeliveryState delivery={found} />
            <Copyable value={found.eventId} label="event id" />
          </Group>
          <Stack gap="sm">
            <Title order={2} size="h4">
              Attempts
            </Title>
            {found.attempts.length === 0 && (
              <Text size="sm" c="dimmed">
                None yet: the first is made within a second or two.
              </Text>
            )}
            <Timeline active={found.attempts.length} bulletSize={14} lineWidth={2}>
              {found.attempts.map(({ at, status, error, answer, durationMs }) => (
                <Timeline.Item
                  key={at}
                  title={status === null ? "No answer" : `Answered ${status}`}
                >
                  <Text size="xs" c="dimmed">
                    <When at={at} />, after {durationMs.toLocaleString()} ms
                  </Text>
                  {error !== null && <Text size="sm">{error}</Text>}
                  {answer !== null && answer !== "" && (
                    <Code block mt={4} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
                      {answer}
                    </Code>
                  )}
                </Timeline.Item>
              ))}
            </Timeline>
          </Stack>
          <Stack gap="sm">
            <Title order={2} size="h4">
              Body
            </Title>
            {found.body === null ? (
              <Text size="sm" c="dimmed">
                It is kept for 30 days, and is gone now.
              </Text>
            ) : (
              <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
                {JSON.stringify(JSON.parse(found.body), null, 2)}
              </Code>
            )}
          </Stack>
        </Page>
      )}
    </Shown>
  );
}
