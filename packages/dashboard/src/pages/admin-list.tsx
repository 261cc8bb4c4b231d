import { Select, Stack, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read, useChange } from "../api/queries.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Failure } from "../parts/failure.tsx";
import { Shown } from "../parts/shown.tsx";
import { Takes } from "../parts/takes.tsx";
import { When } from "../parts/when.tsx";
import { ROLE_OPTIONS, toRole } from "./roles.ts";

export function AdminList({ isOwner }: { isOwner: boolean }) {
  const admins = useQuery(read("GET /admins"));
  const change = useChange("PATCH /admins/{adminId}");
  const remove = useChange("DELETE /admins/{adminId}");
  return (
    <Stack gap="xs">
      {change.error && <Failure error={change.error} />}
      <Shown query={admins} what="the administrators">
        {({ items }) => (
          <Table.ScrollContainer minWidth={520}>
            <Table verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Address</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>Last seen</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ id, email, role, lastSeenAt }) => (
                  <Table.Tr key={id}>
                    <Table.Td>{email}</Table.Td>
                    <Table.Td>
                      {isOwner ? (
                        <Takes call="PATCH /admins/{adminId}">
                          <Select
                            aria-label={`Role of ${email}`}
                            data={ROLE_OPTIONS}
                            value={role}
                            allowDeselect={false}
                            size="xs"
                            w={120}
                            onChange={(next) =>
                              change.mutate({
                                params: { adminId: id },
                                body: { role: toRole(next) },
                              })
                            }
                          />
                        </Takes>
                      ) : (
                        role
                      )}
                    </Table.Td>
                    <Table.Td>{lastSeenAt === null ? "never" : <When at={lastSeenAt} />}</Table.Td>
                    <Table.Td>
                      {isOwner && (
                        <Confirm
                          label="Remove"
                          title={`Remove ${email}?`}
                          action="Remove"
                          work={remove}
                          run={(done) =>
                            remove.mutate({ params: { adminId: id } }, { onSuccess: done })
                          }
                        >
                          Their sessions end at once.
                        </Confirm>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Shown>
    </Stack>
  );
}
