import { Center } from "@mantine/core";
import { Empty } from "../parts/empty.tsx";
import { TextLink } from "../parts/text-link.tsx";

export function NotFound() {
  return (
    <Center mih="60vh">
      <Empty title="There is no such page">
        It may have moved.{" "}
        <TextLink to="/" underline="always">
          All apps
        </TextLink>
      </Empty>
    </Center>
  );
}
