import { Alert, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, call, type Input } from "../../api/client.ts";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";

type Words = Input<"POST /apps/{appId}/mail-templates/{kind}/preview">["body"];

const TYPING_MS = 400;

/** What a mail would be, while it is written. Nothing in the frame runs, loads or leads away. */
export function MailPreview({ words, ...params }: { appId: string; kind: string; words: Words }) {
  const [shown, setShown] = useState<"html" | "text">("html");
  const [written] = useDebouncedValue(JSON.stringify(words), TYPING_MS);
  const preview = useQuery({
    queryKey: ["preview", params, written],
    queryFn: () =>
      call("POST /apps/{appId}/mail-templates/{kind}/preview", {
        params,
        body: JSON.parse(written) as Words,
      }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const { data, error } = preview;
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  return (
    <Stack component="section" aria-label="Preview">
      <SegmentedControl
        aria-label="Which half of the mail"
        data={[
          { value: "html", label: "As a page" },
          { value: "text", label: "As text" },
        ]}
        value={shown}
        onChange={(next) => setShown(next === "text" ? "text" : "html")}
      />
      {fields.length > 0 && (
        <Alert color="yellow" title="It cannot be sent so">
          {fields.map(([field, problem]) => (
            <Text key={field} size="sm">
              {field}: {problem}
            </Text>
          ))}
        </Alert>
      )}
      {error && fields.length === 0 && <Failure error={error} retry={() => preview.refetch()} />}
      {!data && !error && <Loading what="the preview" />}
      {data && (
        <Paper withBorder radius="md" style={{ overflow: "hidden" }}>
          <Text fw={600} p="sm" style={{ overflowWrap: "anywhere" }}>
            {data.subject}
          </Text>
          {shown === "html" ? (
            <iframe
              title="The mail"
              sandbox=""
              srcDoc={data.html}
              style={{ border: 0, width: "100%", height: 520, display: "block" }}
            />
          ) : (
            <Text
              component="pre"
              size="sm"
              p="sm"
              m={0}
              style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
            >
              {data.text}
            </Text>
          )}
        </Paper>
      )}
      <Text size="xs" c="dimmed">
        With samples filled in. Pictures are not loaded here: a test mail shows them.
      </Text>
    </Stack>
  );
}
