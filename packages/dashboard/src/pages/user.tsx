import { Badge, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { read, useChange } from "../api/queries.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Copyable } from "../parts/copyable.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { When } from "../parts/when.tsx";
import { Impersonate } from "./impersonate.tsx";
import { nameOfUser } from "./user-name.ts";
import { UserSessions } from "./user-sessions.tsx";
import { UserWaysIn } from "./user-ways-in.tsx";

export function UserPage() {
  const params = useParams({ from: "/signed-in/apps/$appId/users/$userId" });
  const user = useQuery(read("GET /apps/{appId}/users/{userId}", { params }));
  return (
    <Shown query={user} what="the user">
      {(data) => (
        <Page
          title={nameOfUser(data)}
          lead={
            data.disabledAt === null ? undefined : (
              <Badge color="red" variant="light">
                disabled
              </Badge>
            )
          }
          actions={<Actions params={params} isDisabled={data.disabledAt !== null} />}
        >
          <Paper withBorder p="lg" radius="md">
            <Stack gap="xs">
              <Line label="Id">
                <Copyable value={data.id} label="id" />
              </Line>
              <Line label="Server id">
                <Copyable value={data.serverId} label="server id" />
              </Line>
              {data.externalId && (
                <Line label="External id">
                  <Copyable value={data.externalId} label="external id" />
                </Line>
              )}
              <Line label="Came">
                <When at={data.createdAt} />
              </Line>
              <Line label="Signed in">
                {data.lastSignInAt === null ? "never" : <When at={data.lastSignInAt} />}
              </Line>
            </Stack>
          </Paper>
          <UserWaysIn params={params} accounts={data.accounts} />
          {data.customMetadata && Object.keys(data.customMetadata).length > 0 && (
            <Stack gap="xs">
              <Title order={2} size="h4">
                Custom metadata
              </Title>
              <Table>
                <Table.Tbody>
                  {Object.entries(data.customMetadata).map(([name, value]) => (
                    <Table.Tr key={name}>
                      <Table.Td>{name}</Table.Td>
                      <Table.Td>{String(value)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Stack>
          )}
          <UserSessions {...params} />
        </Page>
      )}
    </Shown>
  );
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <Group gap="md">
      <Text size="sm" w={100} c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </Group>
  );
}

function Actions({
  params,
  isDisabled,
}: {
  params: { appId: string; userId: string };
  isDisabled: boolean;
}) {
  const disable = useChange("POST /apps/{appId}/users/{userId}/disable");
  const enable = useChange("POST /apps/{appId}/users/{userId}/enable");
  const remove = useChange("DELETE /apps/{appId}/users/{userId}");
  const navigate = useNavigate();
  return (
    <Group gap="xs">
      <Impersonate params={params} />
      {isDisabled ? (
        <Confirm
          label="Enable"
          title="Let this user in again?"
          action="Enable"
          work={enable}
          run={(done) => enable.mutate({ params }, { onSuccess: done })}
        >
          They can sign in again. The sessions that were ended stay ended.
        </Confirm>
      ) : (
        <Confirm
          label="Disable"
          title="Bar this user?"
          action="Disable"
          work={disable}
          run={(done) => disable.mutate({ params }, { onSuccess: done })}
        >
          All their sessions end now, and they cannot sign in until somebody enables them.
        </Confirm>
      )}
      <Confirm
        label="Delete"
        title="Delete this user?"
        action="Delete for good"
        color="red"
        variant="light"
        work={remove}
        run={(done) =>
          remove.mutate(
            { params },
            {
              onSuccess: () => {
                done();
                navigate({ to: "/apps/$appId/users", params: { appId: params.appId }, search: {} });
              },
            },
          )
        }
      >
        Accounts, metadata and sessions go with them. There is no way back.
      </Confirm>
    </Group>
  );
}
