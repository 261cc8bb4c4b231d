/** Texts with named placeholders, `{{name}}`, and nothing else: no conditions, no code. */

const PLACEHOLDER = /\{\{\s*([a-z_]+)\s*\}\}/g;

/** Every value goes through `asWritten`; what is not known is left out. */
export function fill(
  text: string,
  values: Readonly<Record<string, string>>,
  asWritten: (value: string) => string = (value) => value,
): string {
  return text.replace(PLACEHOLDER, (_, name: string) =>
    asWritten(Object.hasOwn(values, name) ? (values[name] ?? "") : ""),
  );
}

export function placeholdersIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name));
}

/** The text without its placeholders: braces that are left are mistakes. */
export const withoutPlaceholders = (text: string): string => text.replace(PLACEHOLDER, "");

export const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

/** For element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (char) =>
      ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[char] as string,
  );
}
