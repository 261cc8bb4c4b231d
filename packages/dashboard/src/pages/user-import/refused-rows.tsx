import { Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { download } from "../download.ts";
import { csvLine } from "./csv.ts";
import type { Refused } from "./import-rows.ts";

const SHOWN = 50;

/** Which rows were not imported, and why. */
export function RefusedRows({ refused }: { refused: readonly Refused[] }) {
  const save = () =>
    download(
      "refused-users.csv",
      [
        "line,who,reason",
        ...refused.map(({ line, who, reason }) => csvLine([String(line), who, reason])),
      ].join("\r\n"),
      "text/csv",
    );
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Refused rows
        </Title>
        <Button variant="default" size="xs" onClick={save}>
          Save as CSV
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Line</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refused.slice(0, SHOWN).map(({ line, who, reason }) => (
              <Table.Tr key={`${line} ${who}`}>
                <Table.Td>{line}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{who || "–"}</Table.Td>
                <Table.Td>{reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {refused.length > SHOWN && (
        <Text size="sm" c="dimmed">{`And ${refused.length - SHOWN} more: save them all.`}</Text>
      )}
    </Stack>
  );
}
