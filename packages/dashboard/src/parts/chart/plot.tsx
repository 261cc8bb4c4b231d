import { Box } from "@mantine/core";
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { ChartProps } from "./chart.tsx";
import { lineColor, seriesColor, textColor } from "./colors.ts";
import { axisTime } from "./point-time.ts";

const HEIGHT = 200;
const bars = UPlot.paths.bars?.({ size: [0.8, 40], align: 1 });

/** Draws with uPlot, anew whenever what it shows is another. */
export function Plot({
  times,
  width,
  series,
  kind,
  format,
  pixels,
  scheme,
  onPoint,
}: ChartProps & {
  readonly pixels: number;
  readonly scheme: "light" | "dark";
  /** The point below the pointer. */
  readonly onPoint: (index: number | null) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const told = useRef(onPoint);
  told.current = onPoint;

  useEffect(() => {
    if (!place.current) return;
    const spans = (times.at(-1) ?? 0) - (times[0] ?? 0);
    const axis: UPlot.Axis = {
      stroke: textColor(scheme),
      grid: { stroke: lineColor(scheme), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    };
    const plot = new UPlot(
      {
        width: pixels,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { setScale: false } },
        scales: {
          // The last point's time is in the picture too: a bar begins where its time does.
          x: { range: (_, first, last) => [first, last + width / 1000] },
          y: { range: (_, __, most) => [0, Math.max(most * 1.05, 1)] },
        },
        hooks: { setCursor: [(shown) => told.current(shown.cursor.idx ?? null)] },
        axes: [
          {
            ...axis,
            size: 28,
            space: 70,
            values: (_, at) => at.map((second) => axisTime(second * 1000, width, spans)),
          },
          { ...axis, size: 52, values: (_, at) => at.map((value) => format(value)) },
        ],
        series: [
          {},
          ...drawn(series.length, kind).map((index): UPlot.Series => {
            const color = seriesColor(index, scheme);
            return kind === "bars"
              ? {
                  fill: color,
                  stroke: color,
                  width: 0,
                  points: { show: false },
                  ...(bars && { paths: bars }),
                }
              : { stroke: color, width: 2, points: { show: true, size: 4, fill: color } };
          }),
        ],
      },
      [
        times.map((at) => at / 1000),
        ...drawn(series.length, kind).map((index) =>
          kind === "bars" ? stacked(series, index) : [...(series[index]?.values ?? [])],
        ),
      ],
      place.current,
    );
    return () => plot.destroy();
  }, [times, width, series, kind, format, pixels, scheme]);

  return <Box ref={place} mih={HEIGHT} />;
}

/** The highest bars first, so that the lower ones are drawn over them. */
const drawn = (count: number, kind: ChartProps["kind"]): number[] => {
  const all = Array.from({ length: count }, (_, index) => index);
  return kind === "bars" ? all.reverse() : all;
};

const stacked = (series: ChartProps["series"], most: number): number[] =>
  (series[0]?.values ?? []).map((_, at) =>
    series.slice(0, most + 1).reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
  );
