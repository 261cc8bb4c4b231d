import { Badge, Button, Card, Group, Modal, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { read } from "../api/queries.ts";
import { Empty } from "../parts/empty.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { Takes } from "../parts/takes.tsx";
import { TextLink } from "../parts/text-link.tsx";
import { CreateApp } from "./create-app.tsx";

export function Apps() {
  const apps = useQuery(read("GET /apps"));
  const [opened, { open, close }] = useDisclosure();
  return (
    <Page
      title="Apps"
      lead="Make one app for production and one for development: on its own domain, a production app works nowhere else."
      actions={
        <Takes call="POST /apps">
          <Button onClick={open}>Create app</Button>
        </Takes>
      }
    >
      <Modal opened={opened} onClose={close} title="Create an app" size="lg">
        <CreateApp onDone={close} />
      </Modal>
      <Shown query={apps} what="the apps">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No apps yet">Create one: it gets its ids and secrets at once.</Empty>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {items.map(({ id, name, kind, clientId }) => (
                <Card key={id} withBorder radius="md" padding="md">
                  <Stack gap="xs">
                    <Group justify="space-between" wrap="nowrap">
                      <TextLink
                        to="/apps/$appId/settings/basics"
                        params={{ appId: id }}
                        fw={600}
                        truncate
                      >
                        {name}
                      </TextLink>
                      <Badge variant="light" color={kind === "production" ? "indigo" : "gray"}>
                        {kind}
                      </Badge>
                    </Group>
                    <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                      {id}
                      <br />
                      {clientId}
                    </Text>
                  </Stack>
                </Card>
              ))}
            </SimpleGrid>
          )
        }
      </Shown>
    </Page>
  );
}
