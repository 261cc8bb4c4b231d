import { Badge, Group, Stack, Table, Text, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { read, useChange } from "../api/queries.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Empty } from "../parts/empty.tsx";
import { Pager } from "../parts/pager.tsx";
import { usePages } from "../parts/pages-of.ts";
import { Shown } from "../parts/shown.tsx";
import { TextLink } from "../parts/text-link.tsx";
import { When } from "../parts/when.tsx";
import { browserName } from "./browser-name.ts";
import { SessionState } from "./session-state.tsx";

export function UserSessions({ appId, userId }: { appId: string; userId: string }) {
  const params = { appId, userId };
  const pages = usePages(`${appId} ${userId}`);
  const sessions = useQuery({
    ...read("GET /apps/{appId}/users/{userId}/sessions", {
      params,
      query: { limit: 10, after: pages.after },
    }),
    placeholderData: keepPreviousData,
  });
  const revokeAll = useChange("DELETE /apps/{appId}/users/{userId}/sessions");
  const revoke = useChange("DELETE /apps/{appId}/sessions/{sessionId}");
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Sessions
        </Title>
        <Confirm
          label="Sign out everywhere"
          title="End every session of this user?"
          action="End all"
          work={revokeAll}
          run={(done) => revokeAll.mutate({ params }, { onSuccess: done })}
        >
          Each is over at its next refresh at the latest.
        </Confirm>
      </Group>
      <Shown query={sessions} what="the sessions">
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title="No sessions">Ended ones are kept until their lifetime is over.</Empty>
          ) : (
            <Stack>
              <Table.ScrollContainer minWidth={620}>
                <Table verticalSpacing="sm">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Device</Table.Th>
                      <Table.Th>State</Table.Th>
                      <Table.Th>Signed in</Table.Th>
                      <Table.Th>Refreshed</Table.Th>
                      <Table.Th />
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((session) => (
                      <Table.Tr key={session.id}>
                        <Table.Td>
                          <TextLink
                            to="/apps/$appId/sessions/$sessionId"
                            params={{ appId, sessionId: session.id }}
                          >
                            {browserName(session.userAgent)}
                          </TextLink>
                          <Text size="xs" c="dimmed">
                            {session.ip ?? "address not known"}
                          </Text>
                          {session.impersonator && (
                            <Badge color="grape" variant="light">
                              {session.impersonator.email}
                            </Badge>
                          )}
                        </Table.Td>
                        <Table.Td>
                          <SessionState session={session} />
                        </Table.Td>
                        <Table.Td>
                          <When at={session.createdAt} />
                        </Table.Td>
                        <Table.Td>
                          <When at={session.lastRefreshAt} />
                        </Table.Td>
                        <Table.Td>
                          {session.state === "active" && (
                            <Confirm
                              label="End"
                              title="End this session?"
                              action="End it"
                              work={revoke}
                              run={(done) =>
                                revoke.mutate(
                                  { params: { appId, sessionId: session.id } },
                                  { onSuccess: done },
                                )
                              }
                            >
                              It is over at its next refresh at the latest.
                            </Confirm>
                          )}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <Pager pages={pages} next={next} />
            </Stack>
          )
        }
      </Shown>
    </Stack>
  );
}
