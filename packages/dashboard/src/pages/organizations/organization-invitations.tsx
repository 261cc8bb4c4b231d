import { Badge, Button, Stack, Table } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { read, useChange } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Pager } from "../../parts/pager.tsx";
import { usePages } from "../../parts/pages-of.ts";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { When } from "../../parts/when.tsx";
import { InviteMember } from "./invite-member.tsx";

const COLORS = { pending: "yellow", accepted: "teal", expired: "gray", revoked: "gray" };

export function OrganizationInvitations() {
  const params = useParams({ from: "/signed-in/apps/$appId/organizations/$organizationId" });
  const pages = usePages(params.organizationId);
  const path = "/apps/{appId}/organizations/{organizationId}/invitations";
  const invitations = useQuery({
    ...read(`GET ${path}`, { params, query: { limit: 25, after: pages.after } }),
    placeholderData: keepPreviousData,
  });
  const revoke = useChange(`DELETE ${path}/{invitationId}`);
  return (
    <Stack>
      <InviteMember params={params} />
      {revoke.error && <Failure error={revoke.error} />}
      <Shown query={invitations} what="the invitations">
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title="Nobody was invited yet">
              An invitation is a mail with a link; it is good for seven days.
            </Empty>
          ) : (
            <Stack>
              <Table.ScrollContainer minWidth={560}>
                <Table verticalSpacing="sm">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Address</Table.Th>
                      <Table.Th>Role</Table.Th>
                      <Table.Th>State</Table.Th>
                      <Table.Th>Ends</Table.Th>
                      <Table.Th />
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map(({ id, email, role, state, expiresAt }) => (
                      <Table.Tr key={id}>
                        <Table.Td>{email}</Table.Td>
                        <Table.Td>{role ?? "the first"}</Table.Td>
                        <Table.Td>
                          <Badge variant="light" color={COLORS[state]}>
                            {state}
                          </Badge>
                        </Table.Td>
                        <Table.Td>
                          <When at={expiresAt} />
                        </Table.Td>
                        <Table.Td ta="right">
                          {state === "pending" && (
                            <Takes call={`DELETE ${path}/{invitationId}`}>
                              <Button
                                variant="subtle"
                                color="red"
                                size="xs"
                                aria-label={`Withdraw the invitation of ${email}`}
                                onClick={() =>
                                  revoke.mutate({ params: { ...params, invitationId: id } })
                                }
                              >
                                Withdraw
                              </Button>
                            </Takes>
                          )}
                        </Table.Td>
                      </Table.Tr>
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
