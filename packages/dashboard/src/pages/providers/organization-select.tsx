import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/queries.ts";

/** Whose connection it is; nobody's in particular is everybody's. */
export function OrganizationSelect({
  appId,
  value,
  error,
  onChange,
}: {
  appId: string;
  value: string | null;
  error: string | undefined;
  onChange: (organizationId: string | null) => void;
}) {
  const organizations = useQuery(
    read("GET /apps/{appId}/organizations", { params: { appId }, query: { limit: 100 } }),
  );
  return (
    <Select
      label="Who signs in with it"
      description="A connection of one organization signs in its people alone, and takes its addresses."
      placeholder="Everybody"
      clearable
      searchable
      data={(organizations.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}
