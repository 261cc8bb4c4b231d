import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { session } from "../api/queries.ts";

/** Why part of a page is greyed out. */
export function RoleNote() {
  const { data: actor } = useQuery(session);
  if (!actor) return null;
  return (
    <Alert color="gray" mb="md" p="xs">
      Your role is {actor.role}: what is greyed out here takes a higher one. An owner can give it to
      you, under Administrators.
    </Alert>
  );
}
