import { Group, Paper, Stack, Text, Timeline, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { read } from "../api/queries.ts";
import { Copyable } from "../parts/copyable.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { TextLink } from "../parts/text-link.tsx";
import { When } from "../parts/when.tsx";
import { browserName } from "./browser-name.ts";
import { methodWords } from "./method-words.ts";
import { SessionState } from "./session-state.tsx";

/** One session from sign-in to end, and the rule that ended it. */
export function SessionPage() {
  const params = useParams({ from: "/signed-in/apps/$appId/sessions/$sessionId" });
  const trail = useQuery(read("GET /apps/{appId}/sessions/{sessionId}", { params }));
  return (
    <Shown query={trail} what="the session">
      {({ session, userId, events }) => (
        <Page title="Session" lead={browserName(session.userAgent)}>
          <Paper withBorder p="lg" radius="md">
            <Stack gap="xs">
              <Group>
                <SessionState session={session} />
                <Text size="sm">
                  by {methodWords(session.authMethod)}, tokens in{" "}
                  {session.delivery === "cookie" ? "cookies" : "the page"}
                </Text>
              </Group>
              <Copyable value={session.id} label="session id" />
              <TextLink
                to="/apps/$appId/users/$userId"
                params={{ appId: params.appId, userId }}
                size="sm"
              >
                Its user
              </TextLink>
              <Text size="sm">
                {session.state === "active" ? "Ends" : "Would have ended"} by itself{" "}
                <When at={session.expiresAt} /> unless it is used.
              </Text>
              {session.impersonator && (
                <Text size="sm">
                  {session.impersonator.email} acts in the user's place:{" "}
                  {session.impersonator.reason}
                </Text>
              )}
            </Stack>
          </Paper>
          <Stack gap="sm">
            <Title order={2} size="h4">
              What happened
            </Title>
            <Timeline active={events.length} bulletSize={14} lineWidth={2}>
              {events.map(({ type, at, words }) => (
                <Timeline.Item key={`${type} ${at}`} title={words}>
                  <Text size="xs" c="dimmed">
                    <When at={at} />
                  </Text>
                </Timeline.Item>
              ))}
              {session.state === "expired" && (
                <Timeline.Item title="Its lifetime, or its idle lifetime, was over.">
                  <Text size="xs" c="dimmed">
                    <When at={session.expiresAt} />
                  </Text>
                </Timeline.Item>
              )}
            </Timeline>
            <Text size="xs" c="dimmed">
              Ordinary refreshes are not listed: only what is worth knowing.
            </Text>
          </Stack>
        </Page>
      )}
    </Shown>
  );
}
