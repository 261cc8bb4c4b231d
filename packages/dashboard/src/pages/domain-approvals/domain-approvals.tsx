import { Badge, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read, session } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { When } from "../../parts/when.tsx";
import { STATE_WORDS } from "../settings/domain-words.ts";
import { Decision } from "./decision.tsx";

/** The operator's queue, and every domain of the deployment below it. */
export function DomainApprovals() {
  const pending = useQuery(read("GET /domains", { query: { approval: "pending" } }));
  const all = useQuery(read("GET /domains", {}));
  const { data: actor } = useQuery(session);
  return (
    <Page
      title="Domain approvals"
      lead="Domains that look like a sandbox or a shared host wait here for an owner's decision."
    >
      <Shown query={pending} what="the queue">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing waits">
              A domain comes here when an app claims one that may not be its own.
            </Empty>
          ) : (
            <Table.ScrollContainer minWidth={760}>
              <Table verticalSpacing="sm" aria-label="Waiting for a decision">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th miw={180}>Domain</Table.Th>
                    <Table.Th>Why it waits</Table.Th>
                    <Table.Th>Since</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map(({ domain, appId, approvalReason, stateAt }) => (
                    <Table.Tr key={domain}>
                      <Table.Td>
                        <TextLink to="/apps/$appId/settings/domains" params={{ appId }}>
                          {domain}
                        </TextLink>
                      </Table.Td>
                      <Table.Td>{approvalReason}</Table.Td>
                      <Table.Td>
                        <When at={stateAt} />
                      </Table.Td>
                      <Table.Td>
                        {actor?.role === "owner" ? (
                          <Decision domain={domain} />
                        ) : (
                          <Text size="sm">An owner decides.</Text>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Shown>
      <Stack gap="xs">
        <Title order={2} size="h4">
          All domains
        </Title>
        <Shown query={all} what="the domains">
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                No app has a domain yet. One is added in App settings › Domains.
              </Text>
            ) : (
              <Table.ScrollContainer minWidth={300}>
                <Table verticalSpacing="sm" aria-label="All domains">
                  <Table.Tbody>
                    {items.map(({ domain, appId, state, stateAt, decision }) => (
                      <Table.Tr key={domain}>
                        <Table.Td>
                          <Group gap="xs">
                            <TextLink
                              to="/apps/$appId/settings/domains"
                              params={{ appId }}
                              style={{ overflowWrap: "anywhere" }}
                            >
                              {domain}
                            </TextLink>
                            <Badge variant="light" color={STATE_WORDS[state].color}>
                              {STATE_WORDS[state].title}
                            </Badge>
                            {decision && <Text size="sm">{decision}</Text>}
                          </Group>
                        </Table.Td>
                        <Table.Td>
                          <When at={stateAt} />
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </Shown>
      </Stack>
    </Page>
  );
}
