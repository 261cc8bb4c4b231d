/** The HTML half of a mail. Styles are inline: mail programs take no others. */
import { escapeHtml, fill } from "./template-text.ts";

export interface Branding {
  readonly name: string;
  readonly logoUrl: string | null;
  /** Such as #ff8800; null: nearly black. */
  readonly accentColor: string | null;
}

const ACCENT = "#18181b";

/** Paragraphs of plain text as HTML: a secret alone in one is shown large, a link as a button. */
export function htmlOfText(
  text: string,
  values: Readonly<Record<string, string>>,
  {
    branding,
    secret,
    link,
    linkLabel,
  }: {
    readonly branding: Branding;
    /** Names of placeholders. */
    readonly secret: string | null;
    readonly link: string | null;
    readonly linkLabel: string;
  },
): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const alone = /^\{\{\s*([a-z_]+)\s*\}\}$/.exec(paragraph.trim())?.[1];
      if (alone !== undefined && alone === secret) return large(values[alone] ?? "");
      if (alone !== undefined && alone === link) {
        return button(values[alone] ?? "", linkLabel, branding.accentColor ?? ACCENT);
      }
      // The template's own text is escaped, too: it is text.
      const lines = escapeHtml(paragraph).replaceAll("\n", "<br>\n");
      return `<p style="margin:0 0 16px">${fill(lines, values, escapeHtml)}</p>`;
    })
    .join("\n");
}

/** Around what a mail says: the app's logo or name, and its colour. `language` is null where nobody knows it. */
export function framed(
  content: string,
  { name, logoUrl, accentColor }: Branding,
  language: "en" | null,
): string {
  const accent = accentColor ?? ACCENT;
  const title = logoUrl
    ? `<img src="${escapeHtml(logoUrl)}" alt="${escapeHtml(name)}" height="32" style="display:block;height:32px;max-width:200px;border:0">`
    : `<strong style="font-size:16px">${escapeHtml(name)}</strong>`;
  return `<!doctype html>
<html${language === null ? "" : ` lang="${language}"`}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"></head>
<body style="margin:0;padding:32px 16px;background:#f4f4f5;font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:15px;line-height:1.5;color:#18181b">
<div style="max-width:440px;margin:0 auto;background:#ffffff;border-radius:12px;border-top:4px solid ${accent};overflow:hidden">
<div style="padding:24px 32px 0">${title}</div>
<div style="padding:24px 32px 16px;overflow-wrap:anywhere">
${content}
</div>
</div></body></html>
`;
}

/** In two groups, as people read and type it. */
function large(code: string): string {
  const shown = /^\d{6}$/.test(code) ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
  return `<p style="margin:0 0 16px;font-size:32px;letter-spacing:4px;font-weight:600">${escapeHtml(shown)}</p>`;
}

function button(url: string, label: string, accent: string): string {
  return `<p style="margin:0 0 16px"><a href="${escapeHtml(url)}" style="display:inline-block;padding:12px 16px;border-radius:10px;background:${accent};color:${textOn(accent)};text-decoration:none;font-weight:600">${escapeHtml(label)}</a></p>`;
}

/** Black or white, whichever is read better on the colour (WCAG 2.2, relative luminance). */
export function textOn(color: string): "#000000" | "#ffffff" {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > 0.179 ? "#000000" : "#ffffff";
}
