/** Told apart by who sees no red or green as well; dark enough on white, light enough on black. */
const LIGHT = ["#3b5bdb", "#e8590c", "#087f5b", "#ae3ec9", "#0b7285", "#a61e4d", "#5f3dc4"];
const DARK = ["#748ffc", "#ff922b", "#38d9a9", "#e599f7", "#3bc9db", "#f783ac", "#b197fc"];

export const seriesColor = (index: number, scheme: "light" | "dark"): string =>
  (scheme === "dark" ? DARK : LIGHT)[index % LIGHT.length] ?? "#888888";

export const lineColor = (scheme: "light" | "dark") =>
  scheme === "dark" ? "rgba(255, 255, 255, 0.12)" : "rgba(0, 0, 0, 0.1)";

export const textColor = (scheme: "light" | "dark") => (scheme === "dark" ? "#c9c9c9" : "#495057");
