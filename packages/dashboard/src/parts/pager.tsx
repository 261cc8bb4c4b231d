import { Button, Group } from "@mantine/core";
import type { Pages } from "./pages-of.ts";

export function Pager({ pages, next }: { pages: Pages; next: string | null }) {
  if (pages.isFirst && next === null) return null;
  return (
    <Group component="nav" aria-label="Pages of the list">
      <Button variant="default" size="xs" disabled={pages.isFirst} onClick={pages.back}>
        Newer
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={next === null}
        onClick={() => next !== null && pages.forward(next)}
      >
        Older
      </Button>
    </Group>
  );
}
