export interface ChangedPart {
  readonly name: string;
  /** Absent where there was nothing before. */
  readonly from?: string;
  readonly to?: string;
}

/** What differs between two documents, by path; what stayed is left out. */
export function changedParts(before: unknown, after: unknown): ChangedPart[] {
  const old = flatten(before);
  const young = flatten(after);
  return [...new Set([...old.keys(), ...young.keys()])]
    .filter((name) => old.get(name) !== young.get(name) && name !== "version")
    .map((name) => {
      const [from, to] = [old.get(name), young.get(name)];
      return { name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    });
}

function flatten(value: unknown, path = ""): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) {
    return new Map([[path, typeof value === "string" ? value : JSON.stringify(value)]]);
  }
  const parts = Object.entries(value).flatMap(([name, each]) => [
    ...flatten(each, path === "" ? name : `${path}.${name}`),
  ]);
  return new Map(parts);
}
