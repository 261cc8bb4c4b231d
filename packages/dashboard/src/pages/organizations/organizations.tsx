import { Button, Modal, Stack, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { usePages } from "../../parts/pages-of.ts";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { When } from "../../parts/when.tsx";
import { CreateOrganization } from "./create-organization.tsx";

export function Organizations() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/organizations" });
  const [opened, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const pages = usePages(appId);
  const organizations = useQuery({
    ...read("GET /apps/{appId}/organizations", {
      params: { appId },
      query: { limit: 25, after: pages.after },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Organizations"
      lead="Customers of this app that have several users: a company, a school, a team."
      actions={
        <Takes call="POST /apps/{appId}/organizations">
          <Button onClick={open}>Create organization</Button>
        </Takes>
      }
    >
      <Modal opened={opened} onClose={close} title="Create an organization">
        <CreateOrganization
          appId={appId}
          onDone={(organizationId) =>
            navigate({
              to: "/apps/$appId/organizations/$organizationId/members",
              params: { appId, organizationId },
            })
          }
        />
      </Modal>
      <Shown query={organizations} what="the organizations">
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title="No organizations yet">
              Create one and invite its people. An app without them needs none.
            </Empty>
          ) : (
            <Stack>
              <Table.ScrollContainer minWidth={480}>
                <Table verticalSpacing="sm" highlightOnHover>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Name</Table.Th>
                      <Table.Th>External id</Table.Th>
                      <Table.Th>Made</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map(({ id, name, externalId, createdAt }) => (
                      <Table.Tr key={id}>
                        <Table.Td>
                          <TextLink
                            to="/apps/$appId/organizations/$organizationId/members"
                            params={{ appId, organizationId: id }}
                          >
                            {name}
                          </TextLink>
                        </Table.Td>
                        <Table.Td>{externalId ?? "–"}</Table.Td>
                        <Table.Td>
                          <When at={createdAt} />
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
    </Page>
  );
}
