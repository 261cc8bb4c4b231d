import {
  Box,
  Button,
  Group,
  Paper,
  Stack,
  Text,
  Title,
  useComputedColorScheme,
} from "@mantine/core";
import { useDisclosure, useElementSize } from "@mantine/hooks";
import { useState } from "react";
import { ChartTable } from "./chart-table.tsx";
import { Legend } from "./legend.tsx";
import { Plot } from "./plot.tsx";

export interface ChartSeries {
  /** Said in the legend. */
  readonly label: string;
  /** One for each time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** Of all the times together, as the legend says it. */
  readonly total: string;
}

export interface ChartProps {
  readonly title: string;
  /** What is counted, in a sentence. */
  readonly about: string;
  readonly times: readonly number[];
  /** Of one point, in milliseconds. */
  readonly width: number;
  readonly series: readonly ChartSeries[];
  /** Bars on top of each other, which add up; or lines, which do not. */
  readonly kind: "bars" | "lines";
  readonly format: (value: number) => string;
  /** Shown in place of a chart without anything in it. */
  readonly empty: string;
}

/** A chart that can be read as a table too: a canvas tells nothing to who does not see it. */
export function Chart(props: ChartProps) {
  const { title, about, times, series, format, empty } = props;
  const [asTable, { toggle }] = useDisclosure(false);
  const [at, setAt] = useState<number | null>(null);
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme("light");
  const isEmpty = series.every(({ values }) => values.every((value) => !value));
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label={title}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <Stack gap={0}>
            <Title order={2} size="h5">
              {title}
            </Title>
            <Text size="xs" c="dimmed">
              {about}
            </Text>
          </Stack>
          {!isEmpty && (
            <Button variant="default" size="compact-xs" onClick={toggle} style={{ flexShrink: 0 }}>
              {asTable ? "As a chart" : "As a table"}
            </Button>
          )}
        </Group>
        {isEmpty ? (
          <Text size="sm" c="dimmed" py="lg" ta="center">
            {empty}
          </Text>
        ) : asTable ? (
          <ChartTable {...props} />
        ) : (
          <Box
            ref={ref}
            role="img"
            aria-label={`${title}: ${series.map(({ label, total }) => `${label} ${total}`).join(", ")}`}
          >
            {width > 0 && <Plot {...props} pixels={width} scheme={scheme} onPoint={setAt} />}
          </Box>
        )}
        {!isEmpty && (
          <Legend series={series} at={asTable ? null : at} times={times} format={format} />
        )}
      </Stack>
    </Paper>
  );
}
