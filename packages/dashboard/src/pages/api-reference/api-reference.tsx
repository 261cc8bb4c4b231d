import { Accordion, Anchor, Badge, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { type ApiDocument, type ApiOperation, apiDocument } from "./document.ts";
import { OperationDetails } from "./operation-details.tsx";

const COLORS: Readonly<Record<string, string>> = {
  GET: "blue",
  POST: "teal",
  PUT: "orange",
  PATCH: "orange",
  DELETE: "red",
};

/** Every call that this dashboard makes, for scripts to make too. */
export function ApiReference() {
  const document = useQuery(apiDocument);
  const [filter, setFilter] = useState("");
  return (
    <Page
      title="Management API"
      lead="Whatever this dashboard does, a script can do with a key made under Administrators."
    >
      <Group align="flex-end" justify="space-between">
        <TextInput
          label="Find a call"
          type="search"
          placeholder="revoke, /users, listApps"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          style={{ flex: "0 1 360px" }}
        />
        <Anchor href="/admin/v1/openapi.json" target="_blank" size="sm">
          OpenAPI 3.1 document
        </Anchor>
      </Group>
      <Shown query={document} what="the description of the API">
        {(api) => <Calls api={api} filter={filter.trim().toLowerCase()} />}
      </Shown>
    </Page>
  );
}

function Calls({ api, filter }: { api: ApiDocument; filter: string }) {
  const { operation } = useSearch({ from: "/signed-in/api" });
  const navigate = useNavigate({ from: "/api" });
  const found = api.operations.filter((one) => matches(one, filter));
  if (found.length === 0) {
    return <Empty title="No such call">Try a part of a path or of what it does.</Empty>;
  }
  return (
    <Stack gap="lg">
      <Text size="sm">{api.description}</Text>
      {api.tags.map((tag) => {
        const calls = found.filter(({ tags }) => tags.includes(tag));
        if (calls.length === 0) return null;
        return (
          <Stack key={tag} gap="xs">
            <Title order={2} size="h4">
              {tag}
            </Title>
            <Accordion
              variant="contained"
              value={operation ?? null}
              onChange={(next) =>
                navigate({ search: next ? { operation: next } : {}, resetScroll: false })
              }
            >
              {calls.map((call) => (
                <Accordion.Item key={call.operationId} value={call.operationId}>
                  <Accordion.Control>
                    <Group gap="sm" wrap="nowrap" align="flex-start">
                      <Badge variant="light" color={COLORS[call.method] ?? "gray"} miw={76}>
                        {call.method}
                      </Badge>
                      <Stack gap={2}>
                        <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                          {call.path}
                        </Text>
                        <Text size="sm" c="dimmed">
                          {call.summary}
                        </Text>
                      </Stack>
                    </Group>
                  </Accordion.Control>
                  <Accordion.Panel>
                    {operation === call.operationId && (
                      <OperationDetails operation={call} url={api.url} />
                    )}
                  </Accordion.Panel>
                </Accordion.Item>
              ))}
            </Accordion>
          </Stack>
        );
      })}
    </Stack>
  );
}

const matches = ({ operationId, method, path, summary }: ApiOperation, filter: string) =>
  `${operationId} ${method} ${path} ${summary}`.toLowerCase().includes(filter);
