import { ColorSwatch, Group, Text, useComputedColorScheme } from "@mantine/core";
import type { ChartSeries } from "./chart.tsx";
import { seriesColor } from "./colors.ts";

/** What each colour is, with its total, or its value at the point below the pointer. */
export function Legend({
  series,
  at,
  times,
  format,
}: {
  series: readonly ChartSeries[];
  at: number | null;
  times: readonly number[];
  format: (value: number) => string;
}) {
  const scheme = useComputedColorScheme("light");
  const isPoint = at !== null && at < times.length;
  return (
    <Group gap="md" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {series.map(({ label, values, total }, index) => {
        const value = isPoint ? values[at] : undefined;
        return (
          <Group key={label} gap={6} component="li" wrap="nowrap">
            <ColorSwatch color={seriesColor(index, scheme)} size={10} withShadow={false} />
            <Text size="xs">
              {label}{" "}
              <Text span size="xs" fw={600}>
                {isPoint ? (value == null ? "–" : format(value)) : total}
              </Text>
            </Text>
          </Group>
        );
      })}
    </Group>
  );
}
