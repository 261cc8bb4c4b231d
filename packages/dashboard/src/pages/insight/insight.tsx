import type { Insight as InsightData, InsightRange } from "@latchkey/core/protocol/admin";
import { Box, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Chart, type ChartSeries } from "../../parts/chart/chart.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { methodWords } from "../method-words.ts";
import { Counts } from "./counts.tsx";
import { RANGES } from "./insight-range.ts";
import { failureWords, outcomeWords } from "./insight-words.ts";

/** New points come every ten seconds or so. */
const REFRESH_MS = 20_000;

export function Insight() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/insight" });
  const { range = "24h" } = useSearch({ from: "/signed-in/apps/$appId/insight" });
  const navigate = useNavigate({ from: "/apps/$appId/insight" });
  const insight = useQuery({
    ...read("GET /apps/{appId}/insight", { params: { appId }, query: { range } }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title="Insight"
      lead="Who is signed in, and what happened. Nothing here names a user or a token."
      actions={
        <Box style={{ overflowX: "auto" }}>
          <SegmentedControl
            aria-label="How far back"
            data={RANGES.map((each) => ({ ...each }))}
            value={range}
            onChange={(value) => navigate({ search: { range: value as InsightRange } })}
          />
        </Box>
      }
    >
      <Shown query={insight} what="what happened">
        {(data) => <Charts data={data} />}
      </Shown>
    </Page>
  );
}

const whole = new Intl.NumberFormat();
const count = (value: number): string => (Number.isInteger(value) ? whole.format(value) : "");
const duration = (ms: number): string =>
  ms < 10
    ? `${ms.toFixed(1)} ms`
    : ms < 1000
      ? `${ms.toFixed(0)} ms`
      : `${(ms / 1000).toFixed(1)} s`;

function Charts({ data }: { data: InsightData }) {
  const { times, width, requestTimes } = data;
  const bars = { times, width, kind: "bars", format: count } as const;
  const { overall } = requestTimes;
  const time = (ms: number | null) => (ms === null ? "–" : duration(ms));
  return (
    <Stack gap="lg">
      <Counts counts={data.counts} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Chart
          {...bars}
          title="Sign-ins"
          about="Sessions begun, by method"
          series={greatest(data.signIns, methodWords)}
          empty="Nobody signed in. Sign-ins appear here within a minute."
        />
        <Chart
          {...bars}
          title="Refreshes"
          about="Sessions that went on, by how the refresh was answered"
          series={greatest(data.refreshes, outcomeWords)}
          empty="No session was refreshed. Apps do so by themselves while their pages are open."
        />
        <Chart
          {...bars}
          title="Failures"
          about="Requests and refreshes that were refused, by reason"
          series={greatest(data.failures, failureWords)}
          empty="Nothing was refused."
        />
        <Chart
          {...bars}
          title="Reuse detections"
          about="Refresh tokens that were used after they had been replaced"
          series={[
            {
              label: "Reuse",
              values: data.reuseDetections,
              total: count(data.reuseDetections.reduce((sum, each) => sum + each, 0)),
            },
          ]}
          empty="None: no refresh token was used twice."
        />
      </SimpleGrid>
      <Chart
        {...bars}
        kind="lines"
        format={duration}
        title="Request times"
        about={`The app's ${whole.format(overall.count)} requests, from the request to the answer`}
        series={[
          { label: "Half within (p50)", values: requestTimes.p50, total: time(overall.p50) },
          { label: "99 % within (p99)", values: requestTimes.p99, total: time(overall.p99) },
        ]}
        empty="There was no request of this app."
      />
      <Text size="xs" c="dimmed">
        Request times are read from buckets and right within a factor of 1.4. What a server counted
        in its last ten seconds before a crash is missing. Days begin at midnight UTC.
      </Text>
    </Stack>
  );
}

const MOST = 6;

/** The greatest few; the others together. */
function greatest(
  series: InsightData["signIns"],
  words: (label: string) => string,
): readonly ChartSeries[] {
  const shown = series.slice(0, series.length > MOST + 1 ? MOST : MOST + 1);
  const others = series.slice(shown.length);
  const total = (each: readonly { total: number }[]) =>
    count(each.reduce((sum, { total: n }) => sum + n, 0));
  return [
    ...shown.map((each) => ({
      label: words(each.label),
      values: each.values,
      total: total([each]),
    })),
    ...(others.length === 0
      ? []
      : [
          {
            label: `${others.length} others`,
            values: (others[0]?.values ?? []).map((_, at) =>
              others.reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
            ),
            total: total(others),
          },
        ]),
  ];
}
