import { Button, Collapse, Group, Paper, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { KNOWN_ACCOUNTS } from "../known-methods.ts";
import { methodWords } from "../method-words.ts";
import { readUserFilter } from "./user-filter.ts";

const DAYS = [
  ["createdFrom", "Came from"],
  ["createdTo", "Came until"],
  ["signedInFrom", "Last signed in from"],
  ["signedInTo", "Last signed in until"],
] as const;

const FLAGS = [
  ["disabled", "Disabled", "Disabled", "Not disabled"],
  ["guest", "Guests", "Guests", "No guests"],
] as const;

/** Everything but the search, behind a button that says how many are chosen. */
export function UserFilters() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/users" });
  const filter = useSearch({ from: "/signed-in/apps/$appId/users" });
  const navigate = useNavigate({ from: "/apps/$appId/users" });
  const chosen = Object.keys(filter).filter((name) => name !== "search").length;
  const [opened, { toggle }] = useDisclosure(chosen > 0);
  const organizations = useQuery({
    ...read("GET /apps/{appId}/organizations", { params: { appId }, query: { limit: 100 } }),
    enabled: opened,
  });
  const change = (part: Record<string, string | boolean | null>) =>
    navigate({ search: readUserFilter({ ...filter, ...part }), resetScroll: false });
  const known = (organizations.data?.items ?? []).map(({ id, name }) => ({
    value: id,
    label: name,
  }));
  const { organizationId, accountType } = filter;
  const isListed = known.some(({ value }) => value === organizationId);
  const types = [...new Set([...KNOWN_ACCOUNTS, ...(accountType ? [accountType] : [])])];
  return (
    <>
      <Group gap="xs">
        <Button variant="default" onClick={toggle} aria-expanded={opened} aria-controls="filters">
          {chosen > 0 ? `Filters (${chosen})` : "Filters"}
        </Button>
        {chosen > 0 && (
          <Button
            variant="subtle"
            onClick={() => navigate({ search: filter.search ? { search: filter.search } : {} })}
          >
            Take all away
          </Button>
        )}
      </Group>
      <Collapse expanded={opened} id="filters">
        <Paper withBorder p="md" radius="md">
          <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
            {DAYS.map(([name, label]) => (
              <TextInput
                key={name}
                type="date"
                label={label}
                value={filter[name] ?? ""}
                onChange={(event) => change({ [name]: event.currentTarget.value })}
              />
            ))}
            {FLAGS.map(([name, label, yes, no]) => (
              <Select
                key={name}
                label={label}
                placeholder="Either"
                clearable
                data={[
                  { value: "true", label: yes },
                  { value: "false", label: no },
                ]}
                value={filter[name] === undefined ? null : String(filter[name])}
                onChange={(value) => change({ [name]: value === null ? null : value === "true" })}
              />
            ))}
            <Select
              label="Has account"
              placeholder="Any"
              clearable
              searchable
              data={types.map((value) => ({ value, label: methodWords(value) }))}
              value={accountType ?? null}
              onChange={(type) => change({ accountType: type })}
            />
            <Select
              label="Member of"
              placeholder="Any organization"
              clearable
              searchable
              data={
                organizationId && !isListed
                  ? [...known, { value: organizationId, label: organizationId }]
                  : known
              }
              nothingFoundMessage="Not among the newest 100"
              value={organizationId ?? null}
              onChange={(id) => change({ organizationId: id })}
            />
          </SimpleGrid>
        </Paper>
      </Collapse>
    </>
  );
}
