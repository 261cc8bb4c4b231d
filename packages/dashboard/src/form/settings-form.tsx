/** One form over some of an app's settings: what was changed is sent, with the version it was made on. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import type { ApiError, Endpoint } from "../api/client.ts";
import { Failure } from "../parts/failure.tsx";
import { Takes } from "../parts/takes.tsx";

type Values = Readonly<Record<string, unknown>>;

export interface Fields {
  value(name: string): unknown;
  set(name: string, value: unknown): void;
  /** What is wrong with a field, or with a line of it. */
  error(name: string): string | undefined;
}

export interface SettingsFormProps {
  /** What saving calls. */
  readonly call: Endpoint;
  readonly saved: Values;
  readonly busy: boolean;
  readonly failure: ApiError | null;
  save(changed: Values): Promise<unknown>;
  readonly savedWords?: string;
  readonly children: (fields: Fields) => ReactNode;
}

export function SettingsForm({
  call,
  saved,
  busy,
  failure,
  save,
  savedWords = "Saved. Running servers follow within five seconds.",
  children,
}: SettingsFormProps) {
  const [changed, setChanged] = useState<Values>({});
  const [done, setDone] = useState(false);
  const names = Object.keys(changed).filter(
    (name) => JSON.stringify(changed[name]) !== JSON.stringify(saved[name]),
  );
  const isChanged = names.length > 0;
  useBlocker({
    shouldBlockFn: () => isChanged && !window.confirm("Leave without saving what you changed?"),
    enableBeforeUnload: () => isChanged,
  });

  const errors = failure?.fields ?? {};
  const fields: Fields = {
    value: (name) => (Object.hasOwn(changed, name) ? changed[name] : saved[name]),
    set(name, value) {
      setDone(false);
      setChanged({ ...changed, [name]: value });
    },
    error(name) {
      const at = Object.keys(errors).find((path) => {
        const bare = path.replace(/^settings\./, "");
        return bare === name || bare.startsWith(`${name}.`);
      });
      return (
        at &&
        `${at
          .replace(/^settings\./, "")
          .replace(name, "")
          .replace(/^\./, "")} ${errors[at]}`.trim()
      );
    },
  };

  async function submit(event: FormEvent) {
    event.preventDefault();
    await save(Object.fromEntries(names.map((name) => [name, changed[name]])));
    setChanged({});
    setDone(true);
  }

  return (
    <form onSubmit={(event) => submit(event).catch(() => undefined)}>
      <Takes call={call}>
        <Stack maw={640}>
          {children(fields)}
          {failure && <Failure error={failure} />}
          <Group>
            <Button type="submit" disabled={!isChanged} loading={busy}>
              Save
            </Button>
            {isChanged && (
              <Button variant="default" onClick={() => setChanged({})}>
                Discard
              </Button>
            )}
            <Text size="sm" c="dimmed" role="status">
              {done && !isChanged ? savedWords : ""}
            </Text>
          </Group>
        </Stack>
      </Takes>
    </form>
  );
}
