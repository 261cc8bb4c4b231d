import type { CSSProperties } from "react";

const size = "clamp(2px, var(--workos-impersonation-size, 4px), 15px)";
const background = "var(--workos-impersonation-background-color, #ffe14d)";
const color = "var(--workos-impersonation-color, #1d1a00)";
const border =
  "var(--workos-impersonation-border-width, 1px) solid var(--workos-impersonation-border-color, #c7a600)";

export const rootStyle: CSSProperties = {
  position: "fixed",
  inset: 0,
  zIndex: 9999,
  // The page below stays usable.
  pointerEvents: "none",
};

export const frameStyle: CSSProperties = {
  position: "absolute",
  inset: 0,
  boxShadow: `inset 0 0 0 ${size} ${background}`,
  border,
};

export function barStyle(side: "top" | "bottom", isSmall: boolean): CSSProperties {
  return {
    position: "absolute",
    [side]: size,
    ...(isSmall ? { right: size } : { left: "50%", transform: "translateX(-50%)" }),
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    justifyContent: "center",
    gap: "8px",
    maxWidth: "calc(100% - 32px)",
    boxSizing: "border-box",
    padding: "4px 8px",
    pointerEvents: "auto",
    font: `calc(12px + ${size} * 0.5) / 1.4 system-ui, sans-serif`,
    overflowWrap: "anywhere",
    color,
    background,
    border,
    borderRadius: "6px",
  };
}

export const buttonStyle: CSSProperties = {
  font: "inherit",
  padding: "2px 8px",
  border: "none",
  borderRadius: "4px",
  cursor: "pointer",
  color: background,
  background: color,
};
