export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Comma-separated values (RFC 4180): quoted fields may hold commas, quotes and line ends. */
export function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  let line = 1;
  let begun = 1;
  const endRecord = () => {
    fields.push(field);
    // An empty line is no record.
    if (fields.length > 1 || fields[0] !== "") records.push({ line: begun, fields });
    fields = [];
    field = "";
  };
  const characters = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    if (character === "\n") line++;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (characters[at + 1] === '"') {
        field += '"';
        at++;
      } else isQuoted = false;
    } else if (character === '"' && field === "") isQuoted = true;
    else if (character === ",") {
      fields.push(field);
      field = "";
    } else if (character === "\n") {
      endRecord();
      begun = line;
    } else if (character !== "\r") field += character;
  }
  if (field !== "" || fields.length > 0) endRecord();
  return records;
}

/** One record, with quotes where they are needed. */
export const csvLine = (fields: readonly string[]): string =>
  fields
    .map((field) => {
      // A spreadsheet would run what begins so as a formula.
      const safe = /^[=+\-@\t\r]/.test(field) ? `'${field}` : field;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(",");
