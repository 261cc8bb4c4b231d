import type { AuditEntry } from "@latchkey/core/protocol/admin";
import { Badge, Box, Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { call } from "../api/client.ts";
import { read } from "../api/queries.ts";
import { Empty } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { usePages } from "../parts/pages-of.ts";
import { Shown } from "../parts/shown.tsx";
import { When } from "../parts/when.tsx";
import { AuditFilters } from "./audit-filters.tsx";
import { changedParts } from "./changed-parts.ts";
import { download } from "./download.ts";

export function AuditLog() {
  const { hours, ...named } = useSearch({ from: "/signed-in/audit-log" });
  // Once for as long as it is looked at: a later one would be another list.
  const since = useMemo(() => (hours ? Date.now() - hours * 3_600_000 : undefined), [hours]);
  const [exporting, setExporting] = useState<number | Error | null>(null);
  const filter = { ...named, since };
  const pages = usePages(JSON.stringify(filter));
  const log = useQuery({
    ...read("GET /audit-log", { query: { ...filter, after: pages.after, limit: 25 } }),
    placeholderData: keepPreviousData,
  });

  async function exportAll() {
    const entries: AuditEntry[] = [];
    let after: string | undefined;
    do {
      setExporting(entries.length);
      const page = await call("GET /audit-log", { query: { ...filter, after, limit: 100 } });
      entries.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    download("audit-log.json", JSON.stringify(entries, null, 2), "application/json");
    setExporting(null);
  }

  return (
    <Page
      title="Audit log"
      lead="Every change, with who made it, what it was before, and after."
      actions={
        <Button
          variant="default"
          loading={typeof exporting === "number"}
          onClick={() => exportAll().catch((error: Error) => setExporting(error))}
        >
          Export
        </Button>
      }
    >
      {typeof exporting === "number" && (
        <Text size="sm" role="status">{`${exporting} entries so far…`}</Text>
      )}
      {exporting instanceof Error && <Failure error={exporting} />}
      <AuditFilters />
      <Shown query={log} what="the audit log">
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title="Nothing was changed">Changes appear here when somebody makes them.</Empty>
          ) : (
            <Stack>
              <Table.ScrollContainer minWidth={300}>
                <Table verticalSpacing="sm">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th miw={{ base: 0, md: 220 }}>When and who</Table.Th>
                      <Table.Th>What</Table.Th>
                      <Table.Th visibleFrom="md">Change</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((entry) => (
                      <Table.Tr key={entry.id} style={{ verticalAlign: "top" }}>
                        <Table.Td>
                          <When at={entry.at} />
                          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                            {entry.actor.name ?? "not signed in"}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <Group gap={6}>
                            <Text size="sm" fw={600}>
                              {entry.action}
                            </Text>
                            {entry.outcome !== "done" && (
                              <Badge
                                color={entry.outcome === "refused" ? "red" : "yellow"}
                                variant="light"
                              >
                                {entry.outcome}
                              </Badge>
                            )}
                          </Group>
                          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                            {entry.target}
                          </Text>
                          <Box hiddenFrom="md" mt={4}>
                            <Changes entry={entry} />
                          </Box>
                        </Table.Td>
                        <Table.Td visibleFrom="md">
                          <Changes entry={entry} />
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
    </Page>
  );
}

const SHOWN = 4;

/** The first few of what was changed; the rest on demand. */
function Changes({ entry }: { entry: AuditEntry }) {
  const [all, setAll] = useState(false);
  const parts = changedParts(entry.before, entry.after);
  const more = parts.length - SHOWN;
  return (
    <>
      {(all ? parts : parts.slice(0, SHOWN)).map(({ name, from, to }) => (
        <Text key={name} size="xs" style={{ overflowWrap: "anywhere" }}>
          {name}: {from !== undefined && <Code>{from}</Code>}
          {from !== undefined && to !== undefined && " → "}
          {to !== undefined && <Code>{to}</Code>}
        </Text>
      ))}
      {more > 0 && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(!all)}>
          {all ? "Less" : `${more} more`}
        </Button>
      )}
    </>
  );
}
