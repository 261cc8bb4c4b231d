/**
 * An app's accent colour, kept readable: text stands out by 4.5 to 1 and more (WCAG 2.2, 1.4.3),
 * whatever colour was chosen.
 */

/** `#rrggbb`. */
export type Colour = string;

export const MIN_CONTRAST = 4.5;

export interface AccentColours {
  /** Of buttons, as it was chosen. */
  readonly accent: Colour;
  /** Of the words on a button. */
  readonly onAccent: Colour;
  /** Of links and outlines: the nearest to the accent that is readable on the background. */
  readonly link: Colour;
}

const BLACK = "#000000";
const WHITE = "#ffffff";
const STEPS = 40;

/** The colours of pages with this background. */
export function accentOn(background: Colour, accent: Colour): AccentColours {
  const towards = contrast(background, WHITE) > contrast(background, BLACK) ? WHITE : BLACK;
  let link = accent;
  for (let step = 1; step <= STEPS && contrast(link, background) < MIN_CONTRAST; step++) {
    link = mix(accent, towards, step / STEPS);
  }
  return { accent, onAccent: contrast(accent, WHITE) >= MIN_CONTRAST ? WHITE : BLACK, link };
}

/** From 1, no difference, to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: Colour, other: Colour): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(from: Colour, to: Colour, share: number): Colour {
  const target = channels(to);
  const mixed = channels(from).map((value, index) =>
    Math.round(value + ((target[index] ?? 0) - value) * share),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function channels(colour: Colour): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
