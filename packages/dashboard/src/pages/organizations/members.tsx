import { Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { read, useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Pager } from "../../parts/pager.tsx";
import { usePages } from "../../parts/pages-of.ts";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { When } from "../../parts/when.tsx";
import { AddMember } from "./add-member.tsx";
import { RoleSelect } from "./role-select.tsx";

const LIST = "GET /apps/{appId}/organizations/{organizationId}/members";
type Member = Answer<typeof LIST>["items"][number];

export function Members() {
  const params = useParams({ from: "/signed-in/apps/$appId/organizations/$organizationId" });
  const pages = usePages(params.organizationId);
  const members = useQuery({
    ...read(LIST, { params, query: { limit: 25, after: pages.after } }),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <AddMember params={params} />
      <Shown query={members} what="the members">
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title="No members yet">
              Add a user above by id, or invite people by mail in Invitations.
            </Empty>
          ) : (
            <Stack>
              <Table.ScrollContainer minWidth={640}>
                <Table verticalSpacing="sm">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>User</Table.Th>
                      <Table.Th>Roles</Table.Th>
                      <Table.Th>Since</Table.Th>
                      <Table.Th />
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((member) => (
                      <MemberRow key={member.id} params={params} member={member} />
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <Pager pages={pages} next={next} />
            </Stack>
          )
        }
      </Shown>
    </Stack>
  );
}

function MemberRow({
  params,
  member: { id, userId, email, roles, status, createdAt },
}: {
  params: { appId: string; organizationId: string };
  member: Member;
}) {
  const one = "/apps/{appId}/organizations/{organizationId}/members/{membershipId}";
  const change = useChange(`PATCH ${one}`);
  const remove = useChange(`DELETE ${one}`);
  const at = { ...params, membershipId: id };
  const who = email ?? userId;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <TextLink to="/apps/$appId/users/$userId" params={{ appId: params.appId, userId }}>
            {who}
          </TextLink>
          {status === "inactive" && (
            <Badge color="gray" variant="light">
              suspended
            </Badge>
          )}
        </Group>
        {change.error && <Failure error={change.error} />}
      </Table.Td>
      <Table.Td>
        <RoleSelect
          appId={params.appId}
          label={`Roles of ${who}`}
          value={roles}
          onChange={(next) =>
            next.length > 0 && change.mutate({ params: at, body: { roles: next } })
          }
        />
      </Table.Td>
      <Table.Td>
        <When at={createdAt} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap" justify="flex-end">
          <Takes call={`PATCH ${one}`}>
            <Button
              variant="subtle"
              size="xs"
              loading={change.isPending}
              onClick={() =>
                change.mutate({
                  params: at,
                  body: { status: status === "active" ? "inactive" : "active" },
                })
              }
            >
              {status === "active" ? "Suspend" : "Take back"}
            </Button>
          </Takes>
          <Confirm
            label="Remove"
            title={`Remove ${who}?`}
            action="Remove"
            work={remove}
            run={(done) => remove.mutate({ params: at }, { onSuccess: done })}
          >
            <Text size="sm">The user stays, and is no member of this organization any more.</Text>
          </Confirm>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
