import { Button, Modal, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { CreateWebhook } from "./create-webhook.tsx";
import { WebhookState } from "./webhook-state.tsx";

/** Where this app's servers are told what happens. */
export function Webhooks() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/webhooks" });
  const [opened, { open, close }] = useDisclosure();
  const webhooks = useQuery(read("GET /apps/{appId}/webhooks", { params: { appId } }));
  return (
    <Page
      title="Webhooks"
      lead="Your servers learn what happens: a user signs up, a session is revoked, a domain goes live."
      actions={
        <Takes call="POST /apps/{appId}/webhooks">
          <Button onClick={open}>Add endpoint</Button>
        </Takes>
      }
    >
      <Modal opened={opened} onClose={close} title="Add an endpoint" size="lg">
        <CreateWebhook appId={appId} eventTypes={webhooks.data?.eventTypes ?? []} onDone={close} />
      </Modal>
      <Shown query={webhooks} what="the webhooks">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nobody is told yet">
              Add the address of a server of yours. Each event is posted to it as JSON, signed, and
              sent again for a day until it answers.
            </Empty>
          ) : (
            <Table verticalSpacing="sm" highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Address</Table.Th>
                  <Table.Th visibleFrom="sm">Events</Table.Th>
                  <Table.Th>State</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((webhook) => (
                  <Table.Tr key={webhook.id}>
                    <Table.Td>
                      <TextLink
                        to="/apps/$appId/webhooks/$webhookId"
                        params={{ appId, webhookId: webhook.id }}
                        size="sm"
                        style={{ overflowWrap: "anywhere" }}
                      >
                        {webhook.url}
                      </TextLink>
                      {webhook.description !== "" && (
                        <Text size="xs" c="dimmed">
                          {webhook.description}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      {webhook.events.length === 0 ? "all" : webhook.events.length}
                    </Table.Td>
                    <Table.Td>
                      <WebhookState webhook={webhook} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Shown>
    </Page>
  );
}
