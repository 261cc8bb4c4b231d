import { ScrollArea, Table } from "@mantine/core";
import type { ChartProps } from "./chart.tsx";
import { pointTime } from "./point-time.ts";

/** The same in words; only the times at which there was anything, the newest first. */
export function ChartTable({ title, times, width, series, format }: ChartProps) {
  const rows = times
    .map((at, index) => ({ at, values: series.map(({ values }) => values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value))
    .reverse();
  return (
    <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, "aria-label": `${title}, table` }}>
      <Table stickyHeader aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            {series.map(({ label }) => (
              <Table.Th key={label}>{label}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ at, values }) => (
            <Table.Tr key={at}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>{pointTime(at, width)}</Table.Td>
              {series.map(({ label }, index) => {
                const value = values[index];
                return <Table.Td key={label}>{value == null ? "–" : format(value)}</Table.Td>;
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
