import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { read } from "../api/queries.ts";

/** The app dropdown. */
export function AppSelect({ appId, onPick }: { appId: string | null; onPick: () => void }) {
  const apps = useQuery(read("GET /apps"));
  const navigate = useNavigate();
  return (
    <Select
      label="App"
      placeholder={apps.data?.items.length === 0 ? "No apps yet" : "Choose an app"}
      data={(apps.data?.items ?? []).map(({ id, name, kind }) => ({
        value: id,
        label: kind === "development" ? `${name} (development)` : name,
      }))}
      value={appId}
      searchable
      nothingFoundMessage="No app of that name"
      allowDeselect={false}
      onChange={(id) => {
        if (id === null) return;
        onPick();
        navigate({ to: "/apps/$appId/settings/basics", params: { appId: id } });
      }}
    />
  );
}
