import { type CSSVariablesResolver, createTheme, darken, Table } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  // Dark enough for white text on a filled button of every colour that is used.
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, Segoe UI, Roboto, Ubuntu, sans-serif",
  cursorType: "pointer",
  components: {
    // Whoever has no mouse scrolls it with the arrow keys (WCAG 2.1.1).
    TableScrollContainer: Table.ScrollContainer.extend({
      defaultProps: { type: "native", tabIndex: 0 },
    }),
  },
});

/** Mantine's own values of these stand out too little from what is behind them (WCAG 1.4.3). */
export const readableColors: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "#687078",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    ...Object.fromEntries(
      Object.entries(colors).map(([name, shades]) => [
        `--mantine-color-${name}-light-color`,
        darken(shades[9], 0.35),
      ]),
    ),
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "#9c9c9c",
    "--mantine-color-error": "var(--mantine-color-red-4)",
  },
});
