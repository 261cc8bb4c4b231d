import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { session } from "../api/queries.ts";
import { Page } from "../parts/page.tsx";
import { AdminList } from "./admin-list.tsx";
import { ApiKeys } from "./api-keys.tsx";
import { Invitations } from "./invitations.tsx";

/** Who manages this deployment. */
export function Administrators() {
  const { data: actor } = useQuery(session);
  const isOwner = actor?.role === "owner";
  return (
    <Page
      title="Administrators"
      lead="A viewer reads, an editor changes apps and users, an owner also decides who manages."
    >
      <Stack gap="xl">
        <AdminList isOwner={isOwner} />
        {isOwner && <Invitations />}
        {isOwner && <ApiKeys />}
      </Stack>
    </Page>
  );
}
