import { Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { read } from "../api/queries.ts";
import { apiDocument } from "./api-reference/document.ts";
import { readAuditFilter } from "./audit-filter.ts";

const RANGES = [
  { value: "1", label: "The last hour" },
  { value: "24", label: "The last day" },
  { value: "168", label: "The last week" },
  { value: "720", label: "The last 30 days" },
];

export function AuditFilters() {
  const filter = useSearch({ from: "/signed-in/audit-log" });
  const navigate = useNavigate({ from: "/audit-log" });
  const apps = useQuery(read("GET /apps"));
  const admins = useQuery(read("GET /admins"));
  const api = useQuery(apiDocument);
  const change = (part: Record<string, string | number | null>) =>
    navigate({ search: readAuditFilter({ ...filter, ...part }), resetScroll: false });
  const actions = (api.data?.operations ?? [])
    .filter(({ method }) => method !== "GET")
    .map(({ operationId }) => operationId);
  return (
    <Group>
      <Select
        label="App"
        placeholder="All"
        clearable
        data={(apps.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.appId ?? null}
        onChange={(appId) => change({ appId })}
      />
      <Select
        label="By"
        placeholder="Everybody"
        clearable
        data={(admins.data?.items ?? []).map(({ id, email }) => ({ value: id, label: email }))}
        value={filter.actorId ?? null}
        onChange={(actorId) => change({ actorId })}
      />
      <Select
        label="What"
        placeholder="Anything"
        clearable
        searchable
        data={actions}
        value={filter.action ?? null}
        onChange={(action) => change({ action })}
      />
      <Select
        label="When"
        placeholder="Ever"
        clearable
        data={RANGES}
        value={filter.hours === undefined ? null : String(filter.hours)}
        onChange={(hours) => change({ hours: hours === null ? null : Number(hours) })}
      />
    </Group>
  );
}
