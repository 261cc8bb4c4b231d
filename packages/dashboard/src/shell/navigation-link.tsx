import { NavLink } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type ComponentProps, forwardRef } from "react";

const Base = forwardRef<HTMLAnchorElement, ComponentProps<typeof NavLink>>((props, ref) => (
  <NavLink component="a" ref={ref} {...props} />
));

const Linked = createLink(Base);

/** An entry of the side bar, marked where its page or one below is open. */
export function NavigationLink({
  exact = false,
  ...props
}: ComponentProps<typeof Linked> & { exact?: boolean }) {
  return (
    <Linked
      {...props}
      activeOptions={{ exact }}
      activeProps={{ active: true, "aria-current": "page" }}
      styles={{ root: { borderRadius: "var(--mantine-radius-md)" } }}
    />
  );
}
