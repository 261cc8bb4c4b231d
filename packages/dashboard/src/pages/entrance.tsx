import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

/** The card that those who are not signed in see. */
export function Entrance({
  title,
  lead,
  children,
}: {
  title: string;
  lead: ReactNode;
  children: ReactNode;
}) {
  useDocumentTitle(`${title} · Latchkey`);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" radius="lg" p="xl" w="100%" maw={420}>
        <Stack gap="md">
          <Stack gap={4}>
            <Text fw={700} c="dimmed" size="sm">
              Latchkey
            </Text>
            <Title order={1} size="h3">
              {title}
            </Title>
            <Text size="sm" c="dimmed" component="div">
              {lead}
            </Text>
          </Stack>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
