import { Group, Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { KNOWN_METHODS } from "../known-methods.ts";
import { methodWords } from "../method-words.ts";
import { END_REASONS, readSessionFilter } from "./session-filter.ts";

export function SessionFilters() {
  const filter = useSearch({ from: "/signed-in/apps/$appId/sessions" });
  const navigate = useNavigate({ from: "/apps/$appId/sessions" });
  const change = (part: Record<string, string | null>) =>
    navigate({ search: readSessionFilter({ ...filter, ...part }), resetScroll: false });
  const methods = [...new Set([...KNOWN_METHODS, ...(filter.method ? [filter.method] : [])])];
  return (
    <Group>
      <Select
        label="State"
        placeholder="All"
        clearable
        data={[
          { value: "active", label: "Active" },
          { value: "ended", label: "Ended" },
        ]}
        value={filter.state ?? null}
        onChange={(state) => change({ state, reason: null })}
      />
      <Select
        label="Why it ended"
        placeholder="Any reason"
        clearable
        data={Object.entries(END_REASONS).map(([value, label]) => ({ value, label }))}
        value={filter.reason ?? null}
        onChange={(reason) => change({ reason })}
      />
      <Select
        label="Signed in by"
        placeholder="Anything"
        clearable
        searchable
        data={methods.map((value) => ({ value, label: methodWords(value) }))}
        value={filter.method ?? null}
        onChange={(method) => change({ method })}
      />
    </Group>
  );
}
