import { Anchor, type AnchorProps } from "@mantine/core";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { forwardRef, type ReactNode } from "react";

interface BaseProps extends Omit<AnchorProps, "href"> {
  readonly children?: ReactNode;
  readonly onClick?: () => void;
}

const Base = forwardRef<HTMLAnchorElement, BaseProps>((props, ref) => (
  <Anchor ref={ref} {...props} />
));

const Linked = createLink(Base);

/** A link to another page of the dashboard. */
export const TextLink: LinkComponent<typeof Base> = (props) => <Linked {...props} />;
