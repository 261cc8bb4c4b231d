import { Alert, Progress as Bar, Button, Code, FileInput, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useBlocker, useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { refreshAll } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { Takes } from "../../parts/takes.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { importRows, type Progress } from "./import-rows.ts";
import { readRows } from "./read-rows.ts";
import { RefusedRows } from "./refused-rows.tsx";

/** Users of elsewhere, from a file. */
export function UserImport() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/users/import" });
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [isRunning, setRunning] = useState(false);
  const stop = useRef<AbortController | null>(null);
  const client = useQueryClient();
  useBlocker({
    shouldBlockFn: () => isRunning && !window.confirm("Leave while the import runs? It stops."),
    enableBeforeUnload: () => isRunning,
  });

  async function start() {
    if (!file) return;
    setProgress(null);
    setProblem(null);
    try {
      const rows = readRows(await file.text());
      stop.current = new AbortController();
      setRunning(true);
      await importRows(appId, rows, setProgress, stop.current.signal);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setRunning(false);
      refreshAll(client);
    }
  }

  return (
    <Page
      title="Import users"
      lead={
        <>
          From CSV or JSON.{" "}
          <TextLink to="/apps/$appId/users" params={{ appId }} underline="always">
            All users
          </TextLink>
        </>
      }
    >
      <Stack maw={640}>
        <Text size="sm">
          Columns, or names of fields: <Code>email</Code>, <Code>customUserId</Code> (of your own
          login), <Code>customMetadata</Code> (a JSON object). Each row is made or refused by
          itself, so a file can be imported again after it was mended: who exists already is
          refused.
        </Text>
        <FileInput
          label="File"
          placeholder="users.csv"
          accept=".csv,.json,text/csv,application/json"
          clearable
          value={file}
          onChange={setFile}
          error={problem}
          disabled={isRunning}
        />
        <Group>
          <Takes call="POST /apps/{appId}/users/import">
            <Button onClick={start} disabled={!file} loading={isRunning}>
              Import
            </Button>
          </Takes>
          {isRunning && (
            <Button variant="default" onClick={() => stop.current?.abort()}>
              Stop
            </Button>
          )}
        </Group>
        {progress && <Report progress={progress} isRunning={isRunning} />}
      </Stack>
    </Page>
  );
}

function Report({ progress, isRunning }: { progress: Progress; isRunning: boolean }) {
  const { total, done, created, refused, stopped } = progress;
  const words = `${done} of ${total} rows: ${created} made, ${refused.length} refused.`;
  return (
    <Stack>
      <Bar
        value={total === 0 ? 100 : (done / total) * 100}
        animated={isRunning}
        aria-label="Imported so far"
      />
      <Text size="sm" role="status">
        {isRunning ? words : `Done. ${words}`}
      </Text>
      {stopped && (
        <>
          <Failure error={stopped} />
          <Alert color="yellow" title="It stopped there">
            What was made stays. Import the same file again to go on.
          </Alert>
        </>
      )}
      {refused.length > 0 && <RefusedRows refused={refused} />}
    </Stack>
  );
}
