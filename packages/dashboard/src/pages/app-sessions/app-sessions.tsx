import { Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { GoesOn } from "../../parts/goes-on.tsx";
import { Page } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { usePages } from "../../parts/pages-of.ts";
import { Shown } from "../../parts/shown.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { When } from "../../parts/when.tsx";
import { browserName } from "../browser-name.ts";
import { methodWords } from "../method-words.ts";
import { SessionState } from "../session-state.tsx";
import { SessionFilters } from "./session-filters.tsx";

const LIMIT = 25;

/** The sessions of all users of an app. */
export function AppSessions() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/sessions" });
  const filter = useSearch({ from: "/signed-in/apps/$appId/sessions" });
  const pages = usePages(`${appId} ${JSON.stringify(filter)}`);
  const sessions = useQuery({
    ...read("GET /apps/{appId}/sessions", {
      params: { appId },
      query: { ...filter, limit: LIMIT, after: pages.after },
    }),
    placeholderData: keepPreviousData,
  });
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Page
      title="Sessions"
      lead={
        filter.state === "ended"
          ? "Those that ended last come first. They are kept until they would have expired."
          : "Of all users, newest first. Each has its trail: why somebody was signed out."
      }
    >
      <SessionFilters />
      <Shown query={sessions} what="the sessions">
        {({ items, next }) => (
          <Stack>
            {items.length === 0 && next === null && (
              <Empty title={isFiltered ? "No session is like that" : "No sessions yet"}>
                {isFiltered
                  ? "Take a filter away to see more."
                  : "A session begins when somebody signs in to this app."}
              </Empty>
            )}
            {items.length > 0 && (
              <Table.ScrollContainer minWidth={640}>
                <Table verticalSpacing="sm" highlightOnHover>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>User</Table.Th>
                      <Table.Th>State</Table.Th>
                      <Table.Th>Signed in</Table.Th>
                      <Table.Th>Browser</Table.Th>
                      <Table.Th>{filter.state === "ended" ? "Ended" : "Began"}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((session) => (
                      <Table.Tr key={session.id}>
                        <Table.Td style={{ overflowWrap: "anywhere" }}>
                          <TextLink
                            to="/apps/$appId/sessions/$sessionId"
                            params={{ appId, sessionId: session.id }}
                          >
                            {session.account?.subject ?? session.userId}
                          </TextLink>
                        </Table.Td>
                        <Table.Td>
                          <SessionState session={session} />
                        </Table.Td>
                        <Table.Td>
                          <Text size="sm">{methodWords(session.authMethod)}</Text>
                        </Table.Td>
                        <Table.Td>
                          <Text size="sm">{browserName(session.userAgent)}</Text>
                        </Table.Td>
                        <Table.Td>
                          <When
                            at={
                              filter.state === "ended"
                                ? (session.endedAt ?? session.createdAt)
                                : session.createdAt
                            }
                          />
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )}
            <GoesOn found={items.length} limit={LIMIT} next={next} />
            <Pager pages={pages} next={next} />
          </Stack>
        )}
      </Shown>
    </Page>
  );
}
