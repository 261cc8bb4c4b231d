import { Badge, Checkbox, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read, useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Shown } from "../../parts/shown.tsx";
import { When } from "../../parts/when.tsx";

const STATE = {
  next: { words: "signs soon", color: "blue" },
  current: { words: "signs now", color: "teal" },
  retired: { words: "still verifies", color: "gray" },
} as const;

/** The keys that sign this app's tokens. */
export function SigningKeys({ appId }: { appId: string }) {
  const keys = useQuery(read("GET /apps/{appId}/signing-keys", { params: { appId } }));
  const rotate = useChange("POST /apps/{appId}/signing-keys");
  const [leaked, setLeaked] = useState(false);
  return (
    <Paper withBorder p="lg" radius="md" maw={860}>
      <Stack>
        <Group justify="space-between" align="flex-start">
          <Stack gap={2} maw={520}>
            <Title order={2} size="h4">
              Signing keys
            </Title>
            <Text size="sm" c="dimmed">
              New keys are published first and sign two hours later, when every cache has seen them.
              Nobody is signed out.
            </Text>
          </Stack>
          <Confirm
            label="Rotate"
            title="Make new signing keys?"
            action="Make new keys"
            actionColor={leaked ? "red" : "indigo"}
            work={rotate}
            run={(done) =>
              rotate.mutate(
                { params: { appId }, body: { leaked } },
                {
                  onSuccess: () => {
                    setLeaked(false);
                    done();
                  },
                },
              )
            }
          >
            <Stack gap="sm">
              <Text size="sm">The keys in use stay published until the last token is over.</Text>
              <Checkbox
                label="A key has leaked"
                description="The new keys sign at once and the old ones are withdrawn: access tokens in use are refused, and clients refresh them."
                checked={leaked}
                onChange={(event) => setLeaked(event.currentTarget.checked)}
              />
            </Stack>
          </Confirm>
        </Group>
        <Shown query={keys} what="the signing keys">
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                The first is made when somebody signs in.
              </Text>
            ) : (
              <Table.ScrollContainer minWidth={520}>
                <Table verticalSpacing="xs">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Key id</Table.Th>
                      <Table.Th>Protocol</Table.Th>
                      <Table.Th>State</Table.Th>
                      <Table.Th>Made</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map(({ kid, protocol, state, createdAt, activeAt, retiredAt }) => (
                      <Table.Tr key={`${protocol} ${kid}`}>
                        <Table.Td ff="monospace">{kid}</Table.Td>
                        <Table.Td>{protocol === "browser" ? "browser" : "app server"}</Table.Td>
                        <Table.Td>
                          <Group gap="xs">
                            <Badge variant="light" color={STATE[state].color}>
                              {STATE[state].words}
                            </Badge>
                            {state === "next" && <When at={activeAt} />}
                            {retiredAt !== null && (
                              <Text size="xs">
                                until <When at={retiredAt} />
                              </Text>
                            )}
                          </Group>
                        </Table.Td>
                        <Table.Td>
                          <When at={createdAt} />
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
    </Paper>
  );
}
