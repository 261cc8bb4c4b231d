import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/queries.ts";

/** Some of the app's roles. */
export function RoleSelect({
  appId,
  label,
  value,
  onChange,
}: {
  appId: string;
  label: string;
  value: readonly string[];
  onChange: (roles: string[]) => void;
}) {
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  const known = (app.data?.settings.roles ?? []).map(({ slug, name }) => ({
    value: slug,
    label: name,
  }));
  // A role that was taken from the app's list is still the member's.
  const gone = value
    .filter((slug) => !known.some((role) => role.value === slug))
    .map((slug) => ({ value: slug, label: slug }));
  return (
    <MultiSelect
      aria-label={label}
      size="xs"
      miw={180}
      data={[...known, ...gone]}
      value={[...value]}
      onChange={onChange}
      hidePickedOptions
    />
  );
}
