import { Anchor, Select, SimpleGrid } from "@mantine/core";
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
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <Select
                label="Mail"
                style={{ gridColumn: "1 / -1" }}
                maw={360}
                allowDeselect={false}
                data={items.map(({ kind, name, isUsual }) => ({
                  value: kind,
                  label: isUsual ? name : `${name} (own words)`,
                }))}
                value={open?.kind ?? null}
                onChange={(kind) =>
                  navigate({
                    to: "/apps/$appId/mails",
                    params: { appId },
                    search: kind === null ? {} : { kind },
                    replace: true,
                  })
                }
              />
              {open && (
                <MailEditor key={`${open.kind} ${open.version}`} appId={appId} template={open} />
              )}
            </SimpleGrid>
          );
        }}
      </Shown>
    </Page>
  );
}
