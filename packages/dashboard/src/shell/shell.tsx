import { AppShell, Burger, Group, ScrollArea, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useParams } from "@tanstack/react-router";
import { WithRefusals } from "../parts/takes.tsx";
import { TextLink } from "../parts/text-link.tsx";
import "./skip.css";
import { Account } from "./account.tsx";
import { AppSelect } from "./app-select.tsx";
import { Navigation } from "./navigation.tsx";
import { RoleNote } from "./role-note.tsx";

/** What stands around every page of a signed-in administrator. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { appId } = useParams({ strict: false });
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 260, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <a href="#main" className="skip">
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? "Close the menu" : "Open the menu"}
            />
            <TextLink to="/" underline="never" c="inherit">
              <Text fw={700}>Latchkey</Text>
            </TextLink>
          </Group>
          <Account />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" aria-label="Pages">
        <AppShell.Section>
          <AppSelect appId={appId ?? null} onPick={close} />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} mt="xs">
          <Stack gap={2} onClick={close}>
            <Navigation appId={appId} />
          </Stack>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <WithRefusals note={(isAny) => isAny && <RoleNote />}>
          <Outlet />
        </WithRefusals>
      </AppShell.Main>
    </AppShell>
  );
}
