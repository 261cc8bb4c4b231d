import { createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  // Dark enough for white text, light enough for a dark page (WCAG 1.4.3).
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, Segoe UI, Roboto, Ubuntu, sans-serif",
  cursorType: "pointer",
});
