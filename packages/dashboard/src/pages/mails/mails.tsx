import { Anchor, Badge, Group, NavLink, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { useHasInbox } from "../../shell/inbox-link.tsx";
import { MailEditor } from "./mail-editor.tsx";

/** The words of this app's mails. */
export function Mails() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/mails" });
  const { kind: wanted } = useSearch({ from: "/signed-in/apps/$appId/mails" });
  const navigate = useNavigate();
  const hasInbox = useHasInbox();
  const templates = useQuery(read("GET /apps/{appId}/mail-templates", { params: { appId } }));
  return (
    <Page
      title="Mails"
      lead={
        <>
          What this app writes to its users, in your words. Its logo and accent colour are in App
          settings.
          {hasInbox && (
            <>
              {" "}
              In development nothing is sent:{" "}
              <Anchor href="/dev/mail" target="_blank" size="sm" underline="always">
                the inbox
              </Anchor>{" "}
              has it.
            </>
          )}
        </>
      }
    >
      <Shown query={templates} what="the mails">
        {({ items }) => {
          const open = items.find(({ kind }) => kind === wanted) ?? items[0];
          return (
            <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ gridTemplateColumns: undefined }}>
              <Stack gap={0} component="nav" aria-label="Mails" style={{ gridColumn: "1 / -1" }}>
                <Group gap={4}>
                  {items.map(({ kind, name, isUsual }) => (
                    <NavLink
                      key={kind}
                      component="button"
                      w="auto"
                      active={kind === open?.kind}
                      aria-current={kind === open?.kind ? "page" : undefined}
                      label={name}
                      rightSection={
                        isUsual ? null : (
                          <Badge size="xs" variant="light">
                            own
                          </Badge>
                        )
                      }
                      styles={{ root: { borderRadius: "var(--mantine-radius-md)" } }}
                      onClick={() =>
                        navigate({
                          to: "/apps/$appId/mails",
                          params: { appId },
                          search: { kind },
                          replace: true,
                        })
                      }
                    />
                  ))}
                </Group>
              </Stack>
              {open ? (
                <MailEditor key={`${open.kind} ${open.version}`} appId={appId} template={open} />
              ) : (
                <Text>No mails.</Text>
              )}
            </SimpleGrid>
          );
        }}
      </Shown>
    </Page>
  );
}
