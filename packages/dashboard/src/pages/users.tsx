import { Badge, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { read } from "../api/queries.ts";
import { Empty } from "../parts/empty.tsx";
import { GoesOn } from "../parts/goes-on.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { usePages } from "../parts/pages-of.ts";
import { Shown } from "../parts/shown.tsx";
import { Takes } from "../parts/takes.tsx";
import { TextLink } from "../parts/text-link.tsx";
import { When } from "../parts/when.tsx";
import { ExportUsers } from "./export-users.tsx";
import { methodWords } from "./method-words.ts";
import { nameOfUser } from "./user-name.ts";
import { readUserFilter, userQuery } from "./users-filter/user-filter.ts";
import { UserFilters } from "./users-filter/user-filters.tsx";

const LIMIT = 25;

export function Users() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/users" });
  const filter = useSearch({ from: "/signed-in/apps/$appId/users" });
  const { search, ...others } = filter;
  const isFiltered = Object.keys(others).length > 0;
  const navigate = useNavigate({ from: "/apps/$appId/users" });
  const [typed, setTyped] = useState(search ?? "");
  const pages = usePages(`${appId} ${JSON.stringify(filter)}`);
  const chosen = userQuery(filter);
  const query = { limit: LIMIT, after: pages.after, ...chosen };
  const users = useQuery({
    ...read("GET /apps/{appId}/users", { params: { appId }, query }),
    placeholderData: keepPreviousData,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    const term = typed.trim();
    navigate({ search: readUserFilter({ ...others, search: term }) });
  }

  return (
    <Page
      title="Users"
      lead="Newest first. Search finds the beginning of an address or a name, or a whole id (ours, or external)."
      actions={
        <Group gap="xs">
          <Takes call="POST /apps/{appId}/users/import">
            <Button
              variant="default"
              onClick={() => navigate({ to: "/apps/$appId/users/import", params: { appId } })}
            >
              Import
            </Button>
          </Takes>
          <ExportUsers appId={appId} query={chosen} />
        </Group>
      }
    >
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput
            label="Search"
            placeholder="ada@example.com"
            type="search"
            name="search"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            style={{ flex: "0 1 360px" }}
          />
          <Button type="submit" variant="default" loading={users.isFetching}>
            Search
          </Button>
        </Group>
      </form>
      <UserFilters />
      <Shown query={users} what="the users">
        {({ items, next }) =>
          items.length === 0 && next === null ? (
            <Empty title={search || isFiltered ? "Nobody was found" : "No users yet"}>
              {search
                ? `No address, name or id begins with "${search}"${isFiltered ? " and fits these filters" : ""}. What is in the middle of an address is not searched.`
                : isFiltered
                  ? "Nobody fits these filters. Take one away to see more."
                  : "They appear here when they sign in for the first time, or when you import them."}
            </Empty>
          ) : (
            <Stack>
              <Table.ScrollContainer minWidth={560}>
                <Table verticalSpacing="sm" highlightOnHover>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>User</Table.Th>
                      <Table.Th>Ways in</Table.Th>
                      <Table.Th>Came</Table.Th>
                      <Table.Th>Signed in</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((user) => (
                      <Table.Tr key={user.id}>
                        <Table.Td>
                          <Group gap="xs">
                            <TextLink
                              to="/apps/$appId/users/$userId"
                              params={{ appId, userId: user.id }}
                            >
                              {nameOfUser(user)}
                            </TextLink>
                            {user.disabledAt !== null && (
                              <Badge color="red" variant="light">
                                disabled
                              </Badge>
                            )}
                          </Group>
                        </Table.Td>
                        <Table.Td>
                          <Text size="sm">
                            {[...new Set(user.accounts.map(({ type }) => methodWords(type)))].join(
                              ", ",
                            )}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <When at={user.createdAt} />
                        </Table.Td>
                        <Table.Td>
                          {user.lastSignInAt === null ? "never" : <When at={user.lastSignInAt} />}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <GoesOn found={items.length} limit={LIMIT} next={next} />
              <Pager pages={pages} next={next} />
            </Stack>
          )
        }
      </Shown>
    </Page>
  );
}
