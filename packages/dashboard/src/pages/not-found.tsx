import { Anchor, Center } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/empty.tsx";

export function NotFound() {
  return (
    <Center mih="60vh">
      <Empty title="There is no such page">
        It may have moved. <Anchor component={Link} to="/">All apps</Anchor>
      </Empty>
    </Center>
  );
}
