import { NavLink, type NavLinkProps } from "@mantine/core";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { forwardRef } from "react";

interface BaseProps extends Omit<NavLinkProps, "href"> {
  readonly label: string;
}

const Base = forwardRef<HTMLAnchorElement, BaseProps>((props, ref) => (
  <NavLink ref={ref} {...props} styles={{ root: { borderRadius: "var(--mantine-radius-md)" } }} />
));

const Linked = createLink(Base);

/** An entry of the side bar, marked where its page or one below is open. */
export const NavigationLink: LinkComponent<typeof Base> = (props) => (
  <Linked activeProps={{ "data-active": true, "aria-current": "page" } as object} {...props} />
);
