import type { AdminWebhook, AdminWebhookDelivery } from "@latchkey/core/protocol/admin";
import { Badge, Group, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Pager } from "../../parts/pager.tsx";
import { usePages } from "../../parts/pages-of.ts";
import { Shown } from "../../parts/shown.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { When } from "../../parts/when.tsx";
import { ResendFailed } from "./resend-failed.tsx";

const FILTERS = [
  { value: "all", label: "All" },
  { value: "pending", label: "Waiting" },
  { value: "failed", label: "Failed" },
  { value: "delivered", label: "Delivered" },
] as const;
type Filter = (typeof FILTERS)[number]["value"];

/** What is on its way changes by itself. */
const AGAIN_MS = 3000;

export function Deliveries({ webhook, appId }: { webhook: AdminWebhook; appId: string }) {
  const [filter, setFilter] = useState<Filter>("all");
  const params = { appId, webhookId: webhook.id };
  const pages = usePages(`${webhook.id} ${filter}`);
  const state = filter === "all" ? undefined : filter;
  const deliveries = useQuery({
    ...read("GET /apps/{appId}/webhooks/{webhookId}/deliveries", {
      params,
      query: { state, after: pages.after, limit: 25 },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data?.items.some((each) => each.state === "pending") ? AGAIN_MS : false,
  });
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label="Which deliveries"
          data={[...FILTERS]}
          value={filter}
          onChange={(next) => setFilter(next as Filter)}
        />
        <ResendFailed {...params} disabled={!webhook.enabled} />
      </Group>
      <Shown query={deliveries} what="the deliveries">
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title={filter === "all" ? "Nothing was sent yet" : "None of these"}>
              Send a test event, or sign in to your app: it appears here within a second or two.
            </Empty>
          ) : (
            <Stack>
              <Table verticalSpacing="sm" highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Event</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th visibleFrom="sm">Made</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((delivery) => (
                    <Table.Tr key={delivery.id}>
                      <Table.Td>
                        <TextLink
                          to="/apps/$appId/webhooks/$webhookId/$deliveryId"
                          params={{ ...params, deliveryId: delivery.id }}
                          size="sm"
                        >
                          {delivery.type}
                        </TextLink>
                        <Text size="xs" c="dimmed" hiddenFrom="sm">
                          <When at={delivery.createdAt} />
                        </Text>
                      </Table.Td>
                      <Table.Td>
                        <DeliveryState delivery={delivery} />
                      </Table.Td>
                      <Table.Td visibleFrom="sm">
                        <When at={delivery.createdAt} />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              <Pager pages={pages} next={next} />
            </Stack>
          )
        }
      </Shown>
    </Stack>
  );
}

const LOOKS = {
  pending: { color: "yellow", label: "waiting" },
  delivered: { color: "teal", label: "delivered" },
  failed: { color: "red", label: "failed" },
} as const;

export function DeliveryState({ delivery }: { delivery: AdminWebhookDelivery }) {
  const { color, label } = LOOKS[delivery.state];
  return (
    <Stack gap={2} align="flex-start">
      <Badge color={color} variant="light">
        {label}
      </Badge>
      <Text size="xs" c="dimmed">
        {delivery.lastStatus !== null && `answered ${delivery.lastStatus}`}
        {delivery.lastStatus === null && delivery.tries > 0 && "no answer"}
        {delivery.state === "pending" && delivery.tries > 0 && delivery.nextAttemptAt !== null && (
          <>
            , again <When at={delivery.nextAttemptAt} />
          </>
        )}
      </Text>
    </Stack>
  );
}
